import Metrics
import ReproducibleMath
import TrafficData
import WorldModel

extension SceneStatistics {
    /// Frames between two looks at a recording.
    private static var frameStride: Int { 5 }
    /// A table's row needs so many values; else it borrows from the nearest rows.
    private static var fewestValues: Int { 200 }
    /// Share of motorcycles where the recordings don't tell them apart: US freeways have about half a
    /// per cent (FHWA Highway Statistics, vehicle miles by type).
    private static var motorcycleShare: Float { 0.005 }

    /// Reads the distributions off recordings.
    package static func learned(from sources: [PreparedRecording]) -> SceneStatistics {
        var tables = SpeedTables()
        for source in sources { tables.add(source, every: frameStride) }
        let tracks = sources.flatMap(\.recording.tracks)
        let byKind = AgentKind.allCases.map { kind in tracks.filter { $0.kind == kind } }
        return SceneStatistics(
            gapQuantiles: table(tables.gaps), speedDeviationQuantiles: table(tables.speedDeviations),
            laneSpeedQuantiles: table(tables.laneSpeeds), offsetQuantiles: table(tables.offsets),
            kindShares: shares(byKind.map(\.count)),
            lengthQuantiles: zip(byKind, AgentKind.allCases).flatMap { tracks, kind in
                sizes(tracks.map(\.length), usual: kind.usualLengths)
            },
            widthQuantiles: zip(byKind, AgentKind.allCases).flatMap { tracks, kind in
                sizes(tracks.map(\.width), usual: kind.usualWidths)
            })
    }

    /// Values by speed bin.
    private struct SpeedTables {
        var gaps = [[Float]](repeating: [], count: speedBins)
        var speedDeviations = [[Float]](repeating: [], count: speedBins)
        var laneSpeeds = [[Float]](repeating: [], count: speedBins)
        var offsets = [[Float]](repeating: [], count: speedBins)

        mutating func add(_ source: PreparedRecording, every stride: Int) {
            let frame = RecordedFrame(source)
            let unknown = [DriverTraits?](repeating: nil, count: source.recording.tracks.count)
            for time in Swift.stride(from: 0, to: source.recording.frameCount, by: stride) {
                frame.load(frame: time, mirrored: false, traits: unknown)
                for slot in 0..<frame.count { add(slot, of: frame) }
                addLanes(of: frame)
            }
        }

        private mutating func add(_ slot: Int, of frame: RecordedFrame) {
            let agents = frame.agents
            let bin = SceneStatistics.bin(speed: agents.speed[slot])
            let sample = frame.corridor.sample(at: agents.s[slot])
            let lane = Int(frame.lanes[slot])
            let offset = agents.d[slot] - frame.corridor.centre(lane: lane, sample: sample)
            if offset.magnitude < 0.5 * frame.corridor.width(lane: lane, sample: sample) {
                offsets[bin].append(offset)
            }
            let leader = Int(frame.neighbours[slot * Neighbour.count + Neighbour.leader.rawValue])
            if leader >= 0 && frame.lanes[leader] == frame.lanes[slot] {
                let gap = agents.s[leader] - agents.s[slot]
                    - 0.5 * (agents.length[leader] + agents.length[slot])
                if gap > 0.3 { gaps[bin].append(gap) }
            }
            // Own lane within 100 m.
            var sum: Float = 0
            var count: Float = 0
            for other in 0..<frame.count
            where other != slot && frame.lanes[other] == frame.lanes[slot]
                && (agents.s[other] - agents.s[slot]).magnitude < 100
            {
                sum += agents.speed[other]
                count += 1
            }
            if count >= 2 {
                let mean = (sum + agents.speed[slot]) / (count + 1)
                speedDeviations[SceneStatistics.bin(speed: mean)].append(agents.speed[slot] - mean)
            }
        }

        private mutating func addLanes(of frame: RecordedFrame) {
            guard frame.count >= 8 else { return }
            var sums = [Float](repeating: 0, count: Surroundings.maximumLanes), counts = sums
            for slot in 0..<frame.count {
                sums[Int(frame.lanes[slot])] += frame.agents.speed[slot]
                counts[Int(frame.lanes[slot])] += 1
            }
            let road = sums.reduce(0, +) / Float(frame.count)
            for lane in sums.indices where counts[lane] >= 4 {
                laneSpeeds[SceneStatistics.bin(speed: road)].append(sums[lane] / counts[lane] - road)
            }
        }
    }

    /// Quantiles of each row; a row with too few values takes in its neighbours' on both sides, nearest
    /// first.
    private static func table(_ rows: [[Float]]) -> [Float] {
        rows.indices.flatMap { row in
            var values = rows[row]
            for distance in 1..<rows.count where values.count < fewestValues {
                for neighbour in [row - distance, row + distance] where rows.indices.contains(neighbour) {
                    values += rows[neighbour]
                }
            }
            return quantiles(values)
        }
    }

    /// Equidistant quantiles from 0 to 1 by linear interpolation; zeros without values.
    static func quantiles(_ values: [Float]) -> [Float] {
        guard !values.isEmpty else { return [Float](repeating: 0, count: quantileCount) }
        let sorted = values.sorted()
        return (0..<quantileCount).map { index in
            let position = Float(index) / Float(quantileCount - 1) * Float(sorted.count - 1)
            let lower = min(Int(position), sorted.count - 1)
            let upper = min(lower + 1, sorted.count - 1)
            return sorted[lower] + (position - Float(lower)) * (sorted[upper] - sorted[lower])
        }
    }

    private static func sizes(_ values: [Float], usual: ClosedRange<Float>) -> [Float] {
        values.count >= 10 ? quantiles(values) : quantiles([usual.lowerBound, usual.upperBound])
    }

    private static func shares(_ counts: [Int]) -> [Float] {
        let motorcycle = AgentKind.motorcycle.rawValue
        var shares = counts.map { Float($0) / Float(max(1, counts.reduce(0, +))) }
        shares[Int(motorcycle)] = max(shares[Int(motorcycle)], motorcycleShare)
        let sum = shares.reduce(0, +)
        return shares.map { $0 / sum }
    }
}

extension AgentKind {
    /// Usual sizes of a kind that the recordings hardly show, metres.
    fileprivate var usualLengths: ClosedRange<Float> {
        switch self {
        case .car: 3.8...5.6
        case .truck: 8...20
        case .motorcycle: 2.0...2.5
        }
    }

    fileprivate var usualWidths: ClosedRange<Float> {
        switch self {
        case .car: 1.7...2.1
        case .truck: 2.3...2.6
        case .motorcycle: 0.7...1.0
        }
    }
}
