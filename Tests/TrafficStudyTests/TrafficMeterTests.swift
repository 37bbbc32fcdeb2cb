import Testing

import TrafficStudy

@Suite("Measuring traffic")
struct TrafficMeterTests {
    /// Evenly spaced vehicles in every lane, all equally fast, seen over a kilometre.
    private func steady(
        spacing: Float, speed: Float, lanes: Int, frames: Int, speedAt: (Int) -> Float = { _ in 0 }
    ) -> [TrafficFrame] {
        (0..<frames).map { frame in
            let shift = speed * 0.5 * Float(frame)
            let first = Int(((-500 - shift) / spacing).rounded(.up)), last = Int(((1500 - shift) / spacing).rounded(.down))
            let vehicles = (first...last).flatMap { number in
                (0..<lanes).map { lane in
                    TrafficFrame.Vehicle(
                        id: (number + 10_000) * 10 + lane, lane: lane, s: spacing * Float(number) + shift,
                        speed: speed + speedAt(frame), length: 5)
                }
            }
            return TrafficFrame(laneCount: lanes, seen: 0...1000, vehicles: vehicles)
        }
    }

    @Test(arguments: [(25, 20), (40, 30), (62.5, 12)] as [(Float, Float)])
    func evenTrafficHasTheDensityAndFlowThatItWasMadeWith(spacing: Float, speed: Float) throws {
        var measures = TrafficMeasures()
        TrafficMeter.measure(steady(spacing: spacing, speed: speed, lanes: 3, frames: 40), into: &measures)
        let density = 1000 / Double(spacing)
        let cells = measures.fundamental.reduce(0) { $0 + $1.cells }
        #expect(cells == 20 * 4)
        let frames = Double(measures.fundamental.reduce(0) { $0 + $1.vehicleFrames })
        // Vehicle-frames over lane-kilometres and frames.
        #expect(abs(frames / (3 * 1 * 40) - density) < 0.02 * density)
        for bin in measures.fundamental where bin.vehicleFrames > 0 {
            #expect(abs(try #require(bin.speed) - Double(speed)) < 0.01)
        }
        for kind in TrafficMeasures.DensityClass.allCases {
            let gaps = measures.histogram(.gap, kind)
            if let mean = gaps.mean { #expect(abs(mean - Double(spacing - 5)) < 0.51) }
            let headways = measures.histogram(.headway, kind)
            if let mean = headways.mean { #expect(abs(mean - Double(spacing / speed)) < 0.051) }
            if let mean = measures.histogram(.acceleration, kind).mean { #expect(abs(mean) < 0.051) }
            #expect(measures.histogram(.timeToCollision, kind).total == 0)
        }
    }

    @Test func aSteadyAccelerationIsFound() throws {
        var measures = TrafficMeasures()
        let frames = steady(spacing: 50, speed: 10, lanes: 2, frames: 20) { 0.5 * Float($0) }
        TrafficMeter.measure(frames, into: &measures)
        for kind in TrafficMeasures.DensityClass.allCases {
            guard let mean = measures.histogram(.acceleration, kind).mean else { continue }
            #expect(abs(mean - 1) < 0.06)
            #expect(abs(try #require(measures.histogram(.jerk, kind).mean)) < 0.11)
        }
    }

    @Test func aLaneChangeIsCountedOnceAndWavingOnTheLineNever() {
        func drive(_ offsets: [(lane: Int, offset: Float)]) -> UInt64 {
            var measures = TrafficMeasures()
            let frames = offsets.enumerated().map { index, place in
                TrafficFrame(
                    laneCount: 2, seen: 0...1000,
                    vehicles: [
                        .init(
                            id: 1, lane: place.lane, s: 100 + 5 * Float(index), offset: place.offset, speed: 10,
                            length: 5)
                    ])
            }
            TrafficMeter.measure(frames, into: &measures)
            return measures.laneChanges.reduce(0, +)
        }
        let moving: [(Int, Float)] = [(0, 0), (0, -0.3), (0, -0.48), (1, 0.45), (1, 0.3), (1, 0)]
        #expect(drive(moving + repeatElement((1, 0), count: 4)) == 1)
        let waving: [(Int, Float)] = [(0, -0.45), (1, 0.47), (0, -0.46), (1, 0.48), (0, -0.45)]
        #expect(drive(waving + waving) == 0)
    }

    @Test func onlyCellsThatAreSeenWholeCount() {
        var measures = TrafficMeasures()
        var frames = steady(spacing: 50, speed: 10, lanes: 2, frames: 10)
        for index in frames.indices { frames[index].seen = 30...130 + Float(index) }
        TrafficMeter.measure(frames, into: &measures)
        #expect(measures.fundamental.reduce(0) { $0 + $1.cells } == 1)
    }
}
