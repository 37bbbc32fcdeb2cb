import RoadNetwork

/// The lanelets of a CommonRoad file: gathered by id, joined into a graph at the end.
struct CommonRoadLanelets {
    private struct Lanelet {
        var lane: LaneGraph.Lane
        var predecessors: [Int]
        var successors: [Int]
        var left: Int?
        var right: Int?
        var signs: [Int]
    }

    private var lanelets: [Lanelet] = []
    private var indexOfID: [Int: Int] = [:]
    private var speedLimits: [Int: Double] = [:]

    mutating func add(_ section: XMLSection, file: String) throws {
        guard let id = section.attributes["id"].flatMap(Int.init), indexOfID[id] == nil else {
            throw section.malformed(in: file, expected: "a lanelet id, a whole number used once")
        }
        guard lanelets.count < RecordingLimits.lanes else {
            throw section.malformed(in: file, expected: "at most \(RecordingLimits.lanes) lanelets")
        }
        var lane = LaneGraph.Lane(
            sourceID: id, leftBound: try bound("leftBound", of: section, file: file),
            rightBound: try bound("rightBound", of: section, file: file))
        lane.speedLimit = section.child("speedLimit")?.number
        indexOfID[id] = lanelets.count
        lanelets.append(
            Lanelet(
                lane: lane, predecessors: references("predecessor", of: section),
                successors: references("successor", of: section),
                left: references("adjacentLeft", of: section, sameDirection: true).first,
                right: references("adjacentRight", of: section, sameDirection: true).first,
                signs: references("trafficSignRef", of: section)))
    }

    /// Keeps the speed limit of a US speed-limit sign (`R2-1`, in m/s as CommonRoad stores it) or of the
    /// German and Zamunda sign 274.
    mutating func addSign(_ section: XMLSection) {
        guard let id = section.attributes["id"].flatMap(Int.init) else { return }
        for element in section.children("trafficSignElement") {
            let kind = element.child("trafficSignID")?.trimmedText ?? ""
            guard ["R2-1", "274"].contains(kind), let limit = element.child("additionalValue")?.number,
                limit > 0, limit < 100
            else { continue }
            speedLimits[id] = limit
        }
    }

    /// - Throws: `TrafficDataError.malformed` where a lanelet names another that the file does not have.
    func graph(file: String) throws -> LaneGraph {
        func index(_ id: Int, of lanelet: Lanelet) throws -> Int {
            guard let index = indexOfID[id] else {
                throw TrafficDataError.malformed(
                    file: file, place: "lanelet \(lanelet.lane.sourceID)",
                    expected: "references to lanelets of this file; there is no lanelet \(id)")
            }
            return index
        }
        return LaneGraph(
            lanes: try lanelets.map { lanelet in
                var lane = lanelet.lane
                lane.predecessors = try lanelet.predecessors.map { try index($0, of: lanelet) }
                lane.successors = try lanelet.successors.map { try index($0, of: lanelet) }
                lane.leftNeighbour = try lanelet.left.map { try index($0, of: lanelet) }
                lane.rightNeighbour = try lanelet.right.map { try index($0, of: lanelet) }
                lane.speedLimit = lane.speedLimit ?? lanelet.signs.lazy.compactMap { speedLimits[$0] }.first
                return lane
            })
    }

    private func bound(_ name: String, of section: XMLSection, file: String) throws -> [Point] {
        guard let bound = section.child(name) else {
            throw section.malformed(in: file, expected: "a <\(name)>")
        }
        let points = try bound.children("point").map { child in
            guard let point = child.point else {
                throw child.malformed(in: file, expected: "x and y in metres")
            }
            return point
        }
        guard points.count >= 2 else {
            throw bound.malformed(in: file, expected: "at least two points")
        }
        return points
    }

    private func references(_ name: String, of section: XMLSection, sameDirection: Bool = false) -> [Int] {
        section.children(name).compactMap { child in
            if sameDirection, child.attributes["drivingDir"] != "same" { return nil }
            return child.attributes["ref"].flatMap(Int.init)
        }
    }
}
