import Foundation
import RoadNetwork
import Testing
import TrafficData

@Suite struct CorridorTests {
    private func corridor(count: Int = 3, radius: Double = .infinity) throws -> Corridor {
        var recording = RoadFixture.recording(
            [RoadFixture.track(times: RoadFixture.times(20), radius: radius) { 50 + 10 * $0 }], radius: radius
        )
        recording.lanes = RoadFixture.lanes(count: count, radius: radius)
        return try RoadRecording(recording).corridor
    }

    private func lane(_ lane: Int, at sample: Int, of corridor: Corridor) -> (centre: Float, width: Float) {
        let index = lane * corridor.sampleCount + sample
        return (corridor.laneCentre[index], corridor.laneWidth[index])
    }

    @Test(arguments: [Double.infinity, 400, -400, 150]) func roadCoordinatesAndPointsAreInverse(
        radius: Double
    )
        throws
    {
        let corridor = try corridor(radius: radius)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let s = Double.random(in: -150...Double(corridor.end) + 150, using: &generator)
            let d = Double.random(in: -20...20, using: &generator)
            let (point, heading) = corridor.point(s: s, d: d)
            let back = corridor.roadCoordinates(of: point)
            #expect(abs(back.s - s) < 0.001 && abs(back.d - d) < 0.001, "s \(s) d \(d)")
            #expect(abs(back.heading - heading) < 1e-5)
        }
    }

    @Test(arguments: [Double.infinity, 400, -400]) func theReferenceLineFollowsTheRoad(radius: Double) throws
    {
        let corridor = try corridor(radius: radius)
        // Away from the ends, where a circle meets the straight extension.
        for sample in corridor.sampleCount / 2 - 8...corridor.sampleCount / 2 + 8 {
            #expect(abs(Double(corridor.curvature[sample]) - 1 / radius) < 1e-4)
        }
        let first = corridor.points[0]
        for (sample, point) in corridor.points.enumerated().dropFirst() where sample < 20 {
            let distance =
                ((point.x - first.x) * (point.x - first.x) + (point.y - first.y) * (point.y - first.y))
            #expect(abs(distance.squareRoot() - 5 * Double(sample)) < 0.05)
        }
    }

    @Test(arguments: [161.0, 163.3, 199.9, 240]) func samplesAreFiveMetresApartOnRoadsOfAnyLength(
        length: Double
    )
        throws
    {
        let left = [Point(x: 0, y: 3), Point(x: length, y: 3)]
        let right = [Point(x: 0, y: 0), Point(x: length, y: 0)]
        var recording = RoadFixture.recording([
            RoadFixture.track(times: RoadFixture.times(9)) { 50 + 10 * $0 }
        ])
        recording.lanes = LaneGraph(lanes: [.init(sourceID: 1, leftBound: left, rightBound: right)])
        let corridor = try RoadRecording(recording).corridor
        for (a, b) in zip(corridor.points, corridor.points.dropFirst()) { #expect(abs(b.x - a.x - 5) < 1e-6) }
    }

    @Test(arguments: [Double.infinity, 400, -400]) func lanesLieFromLeftToRight(radius: Double) throws {
        let corridor = try corridor(count: 4, radius: radius)
        #expect(corridor.laneCount == 4)
        for sample in 0..<corridor.sampleCount {
            for number in 0..<4 {
                #expect(abs(lane(number, at: sample, of: corridor).width - 3.5) < 0.03)
                if number > 0 {
                    let step =
                        lane(number - 1, at: sample, of: corridor).centre
                        - lane(number, at: sample, of: corridor).centre
                    #expect(abs(step - 3.5) < 0.03)
                }
            }
        }
    }

    @Test func aLaneThatEndsHasNoWidthBeyondItsEnd() throws {
        var recording = RoadFixture.recording(
            [RoadFixture.track(times: RoadFixture.times(20)) { 50 + 10 * $0 }])
        // The rightmost lane's last two pieces (of five) go.
        recording.lanes.lanes.removeLast(2)
        recording.lanes.lanes[recording.lanes.lanes.count - 1].successors = []
        let corridor = try RoadRecording(recording).corridor
        #expect(corridor.laneCount == 3)
        let widths = (0..<corridor.sampleCount).map { lane(2, at: $0, of: corridor).width }
        // 100 m of extension, 120 m of lane, then nothing, extension included.
        #expect(widths[..<44].allSatisfy { $0 > 3.4 })
        #expect(widths[46...].allSatisfy { $0 == 0 })
        #expect((0..<corridor.sampleCount).allSatisfy { lane(1, at: $0, of: corridor).width > 3.4 })
    }

    @Test func roadsThatAreNotOneCarriagewayAreRefusedWithTheReason() {
        func refusal(_ lanes: LaneGraph) -> String {
            var recording = RoadFixture.recording(
                [RoadFixture.track(times: RoadFixture.times(20)) { 50 + 10 * $0 }])
            recording.lanes = lanes
            let error = #expect(throws: TrafficDataError.self) { try RoadRecording(recording) }
            guard case .notOneCarriageway(_, let reason) = error else { return "another error" }
            return reason
        }
        let road = RoadFixture.lanes(count: 2)
        let crossing = RoadFixture.lanes(count: 1, heading: 1.9)
        #expect(refusal(LaneGraph(lanes: road.lanes + crossing.lanes)).contains("turns away"))
        let back = RoadFixture.lanes(count: 1, heading: 0.4 + .pi)
        #expect(refusal(LaneGraph(lanes: road.lanes + back.lanes)).contains("runs against"))
        #expect(refusal(LaneGraph(lanes: [])).contains("no lane"))
        #expect(refusal(RoadFixture.lanes(count: 20)).contains("20 lanes"))
        let empty = LaneGraph.Lane(sourceID: 1, leftBound: [], rightBound: [])
        #expect(refusal(LaneGraph(lanes: [empty])).contains("less than two points"))
    }
}
