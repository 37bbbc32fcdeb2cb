import Testing

import TrafficStudy

@Suite("Drivers who stay themselves")
struct DriverPersistenceTests {
    /// Drivers with own means (spread `between`) and changes about them that fade by `memory` each second.
    private func drivers(between: Double, within: Double, memory: Double, seed: UInt64) -> [DriverPersistence.Series] {
        var random = SystemlessRandom(seed: seed)
        return (0..<300).map { _ in
            let own = 2 + between * random.normal()
            var change = within * random.normal()
            var series = DriverPersistence.Series(speeds: [], values: [])
            for _ in 0..<60 {
                change = memory * change + within * (1 - memory * memory).squareRoot() * random.normal()
                series.speeds.append(13)
                series.values.append(Float(own + change))
            }
            return series
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func sharesAndSpreadsAreThoseThatWerePutIn(seed: UInt64) throws {
        let found = try #require(DriverPersistence(drivers(between: 0.6, within: 0.3, memory: 0, seed: seed)))
        #expect(found.drivers == 300)
        #expect(abs(found.intraclassCorrelation - 0.8) < 0.04, "seed \(seed)")
        #expect(abs(found.spreadBetween - 0.6) < 0.08, "seed \(seed)")
        #expect(abs(found.spreadWithin - 0.3) < 0.02, "seed \(seed)")
        // Without memory, what is kept is the drivers' own share, at any lag.
        for lag in found.autocorrelation { #expect(abs(lag.correlation - 0.8) < 0.06, "seed \(seed)") }
    }

    @Test func driversWhoAreAllAlikeKeepNothing() throws {
        let found = try #require(DriverPersistence(drivers(between: 0, within: 0.5, memory: 0, seed: 9)))
        #expect(abs(found.intraclassCorrelation) < 0.02)
        for lag in found.autocorrelation { #expect(abs(lag.correlation) < 0.04) }
    }

    @Test func memoryFades() throws {
        let found = try #require(DriverPersistence(drivers(between: 0, within: 0.5, memory: 0.9, seed: 3)))
        // 0.9 to the powers 5, 10 and 20, less what 60 seconds of each can't tell from an own mean.
        for (lag, expected) in zip(found.autocorrelation, [0.59, 0.35, 0.12]) {
            #expect(abs(lag.correlation - expected) < 0.08)
        }
    }

    @Test func nobodyIsWatchedForLongerThanAMinute() {
        var log = DriverLog()
        for second in 0..<130 {
            let s = 500 + 0.1 * Float(second)
            log.add(
                TrafficFrame(
                    laneCount: 1, seen: 0...1_000,
                    vehicles: [
                        .init(id: 1, lane: 0, s: s, speed: 10, length: 5),
                        .init(id: 2, lane: 0, s: s + 25, speed: 10, length: 5),
                    ]))
        }
        let series = log.headways.sorted { $0.key < $1.key }
        #expect(series.map(\.key.minute) == [0, 1, 2] && series.allSatisfy { $0.key.id == 1 })
        #expect(series.map(\.value.values.count) == [60, 60, 10])
        #expect(series.allSatisfy { $0.value.values.allSatisfy { abs(($0 ?? 0) - 2.5) < 1e-3 } })
    }

    @Test func holesCutNothingElse() throws {
        var series = drivers(between: 0.6, within: 0.3, memory: 0, seed: 4)
        for driver in series.indices {
            for second in 20..<30 {
                series[driver].speeds[second] = nil
                series[driver].values[second] = nil
            }
        }
        let found = try #require(DriverPersistence(series))
        #expect(found.seconds == 300 * 50)
        #expect(abs(found.autocorrelation[0].correlation - 0.8) < 0.06)
    }

    @Test func tooFewDriversTellNothing() {
        #expect(DriverPersistence(Array(drivers(between: 1, within: 1, memory: 0, seed: 1).prefix(9))) == nil)
    }
}
