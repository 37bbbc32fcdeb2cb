import ReproducibleMath
import Testing
import TrafficData
import Training
import WorldModel

/// What is learned about traffic that nobody recorded.
@Suite struct SlowedTrafficTests {
    private struct Answer {
        var speed: Float
        var gap: Float
        var acceleration: Float
    }

    private func answers(seed: UInt64) -> [Answer] {
        let source = PreparedRecording(syntheticRecording())
        let frame = RecordedFrame(source)
        var random = TrainingRandom(seed: seed, stream: .samples)
        let slowed = SlowedTraffic(random: &random)
        var draws = random
        let unknown = [DriverTraits?](repeating: nil, count: source.recording.tracks.count)
        frame.load(frame: 50, mirrored: false, traits: unknown) { slowed.applied(to: $0, random: &draws) }
        let decisions = frame.tracks.indices.map { slot in
            (slot, source.recording.tracks[frame.tracks[slot]].profile(after: 50, mirrored: false))
        }
        var found: [Answer] = []
        slowed.read(frame, decisions, random: &random) { slot, answer in
            found.append(
                Answer(
                    speed: frame.agents.speed[slot], gap: frame.gap(slot, .leader), acceleration: answer.along[0]))
        }
        return found
    }

    @Test func whoIsSlowOnAFreeRoadSpeedsUp() {
        var free = 0
        for seed in UInt64(1)...40 {
            for answer in answers(seed: seed) where answer.gap > 100 && answer.speed < 12 {
                free += 1
                #expect(answer.acceleration > 0.5 && answer.acceleration <= 2, "seed \(seed): \(answer)")
            }
        }
        #expect(free > 10)
    }

    /// Whoever has a queue move away before him is brisker than the Intelligent Driver Model with its usual 1.4 m/s²; and
    /// speeds that chance has set are nothing to brake hard for.
    @Test func answersAreBriskAndGentle() {
        let all = (UInt64(1)...400).flatMap { answers(seed: $0) }
        #expect(all.contains { $0.acceleration > 1.9 } && all.allSatisfy { $0.acceleration <= 2 })
        #expect(all.contains { $0.acceleration < -1.4 } && all.allSatisfy { $0.acceleration >= -1.5 }, "\(all.map(\.acceleration).min()!)")
    }

    @Test func nobodyAcceleratesIntoALeader() {
        for seed in UInt64(1)...40 {
            for answer in answers(seed: seed) where answer.gap < 3 && answer.speed > 4 {
                #expect(answer.acceleration < 0, "seed \(seed): \(answer)")
            }
        }
    }

    /// A strayed driver's answer brings him back towards his recorded speed, as hard as people do at most.
    @Test func aStrayedDriverComesBackAsPeopleDo() {
        var random = TrainingRandom(seed: 3, stream: .samples)
        var agent = InitialAgent()
        agent.speed = 20
        for _ in 0..<200 {
            let disturbance = StateDisturbance(
                strayedFrom: agent, behind: 30, ahead: 40, motion: MotionProfile(), random: &random)
            let strayed = disturbance.applied(to: agent)
            #expect(strayed.speed >= 0)
            #expect(strayed.s > agent.s - 20 && strayed.s < agent.s + 20)
            let answer = disturbance.recovery(MotionProfile(), speed: strayed.speed).along
            #expect(answer.allSatisfy { $0 >= -3 && $0 <= 1.8 })
            if strayed.speed < 10 { #expect(answer[0] > 0.5) }
        }
    }
}
