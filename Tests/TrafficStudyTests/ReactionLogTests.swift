import Testing

import TrafficStudy

@Suite("Reactions")
struct ReactionLogTests {
    /// A leader who brakes at 3 m/s² from 3 s on, for two seconds, and a follower who does the same `delay`
    /// later, or never.
    private func brake(delay: Double?, timeGap: Float = 1.2) -> ReactionLog {
        var log = ReactionLog()
        var speeds: [Float] = [15, 15], places: [Float] = [5 + 15 * timeGap, 0]
        for step in 0..<120 {
            let seconds = 0.1 * Double(step)
            let starts: [Double?] = [3, delay.map { 3 + $0 }]
            for who in 0..<2 {
                if let start = starts[who], seconds >= start, seconds < start + 2 { speeds[who] -= 0.3 }
                places[who] += 0.1 * speeds[who]
            }
            log.add(
                TrafficFrame(
                    laneCount: 1, seen: -1000...1000,
                    vehicles: (0..<2).map {
                        .init(id: $0, lane: 0, s: places[$0], speed: speeds[$0], length: 5)
                    }))
        }
        return log
    }

    @Test(arguments: [0.5, 0.9, 1.6])
    func theReactionTimeIsTheDelayThatWasPutIn(delay: Double) throws {
        let log = brake(delay: delay)
        #expect(log.brakes.count == 1)
        let found = try #require(log.brakes.first?.response)
        // The leader's onset is seen at half his braking, the follower's at a quarter: earlier by a step.
        #expect(abs(Double(try #require(found.reaction)) - delay) < 0.21)
        #expect(abs(found.leaderBraking - 3) < 0.05)
        #expect(abs(found.followerBraking - 3) < 0.05)
        #expect(abs(found.timeGap - 1.2) < 0.1)
    }

    @Test func whoDoesNotReactIsCountedToo() {
        let log = brake(delay: nil, timeGap: 2)
        #expect(log.brakes.count == 1)
        #expect(log.brakes.first?.response.reaction == nil)
    }

    @Test func whoIsFarBehindIsNotCounted() { #expect(brake(delay: 1, timeGap: 3).brakes.isEmpty) }

    @Test func aCutInIsFoundWithWhatFollows() throws {
        var log = ReactionLog()
        var place: Float = 0, speed: Float = 20
        for step in 0..<100 {
            let seconds = 0.1 * Float(step)
            // The other, 15 m ahead of the driver's front, changes lanes at 3 s; the driver brakes at 2 m/s² for 1 s.
            if seconds >= 4 && seconds < 5 { speed -= 0.2 }
            place += 0.1 * speed
            log.add(
                TrafficFrame(
                    laneCount: 2, seen: -1000...1000,
                    vehicles: [
                        .init(id: 1, lane: 0, s: place, speed: speed, length: 5),
                        .init(id: 2, lane: seconds < 3 ? 1 : 0, s: 20 + 20 * seconds, speed: 20, length: 5),
                    ]))
        }
        #expect(log.cutIns.count == 1)
        let found = try #require(log.cutIns.first)
        #expect(found.follower == 1 && found.leader == 2)
        #expect(abs(found.response.timeGap - 15 / 20) < 0.15)
        #expect(abs(found.response.braking - 2) < 0.05)
        #expect(found.response.timeGapAfter > found.response.timeGap)
    }
}
