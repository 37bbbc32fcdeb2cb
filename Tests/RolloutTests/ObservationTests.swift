import Foundation
import Metrics
import PolicyHost
import Rollout
import Scenarios
import Testing
import WorldModel

/// Keeps every state of a rollout.
private final class Witness: RolloutObserver {
    var agents: [Int: [ObservedAgent]] = [:]
    func observe(scenario: UInt64, step: Int, seconds: Float, agents: [ObservedAgent]) { self.agents[step] = agents }
}

/// An observation as `longhaul_policy.h` lays it out: 231 words.
private struct Seen {
    let words: ArraySlice<UInt32>
    var step: Int { Int(words[words.startIndex + 1]) }
    func number(_ word: Int) -> Float { Float(bitPattern: words[words.startIndex + word]) }
    func agent(_ index: Int, _ field: Int) -> Float { number(39 + 12 * index + field) }
}

@Suite("What a policy sees", .serialized, .enabled(if: PolicyExamples.hasCompilers, "needs cc and c++"))
struct ObservationTests {
    /// Rolls out a scenario and returns what the policy saw, with the true state at the same time.
    private func record(_ scenario: UInt64, mix: [Double]) throws -> [(seen: Seen, truth: [ObservedAgent])] {
        let file = FileManager.default.temporaryDirectory.appending(path: "longhaul-seen-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let program = try PolicyExamples.program(
            PolicyExamples.library("Tests/RolloutTests/Policies/recorder.c"), config: file.path)
        var campaign = Campaign(seed: 11, mix: mix, horizonSeconds: 20, burnInSeconds: 0, policy: .external)
        campaign.externalPolicy = program.policy
        let witness = Witness()
        do {
            let engine = try RolloutEngine(
                campaign: campaign, worldModel: WorldModel.shipped(), batchSize: 1, program: program)
            _ = engine.run(scenarios: [scenario], observer: witness) { _ in }
        }
        let words = try Data(contentsOf: file).withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
        let seen = stride(from: 0, to: words.count, by: 231).map { Seen(words: words[$0..<$0 + 231]) }
        // At a decision newcomers enter, after the witness has looked.
        return seen.filter { $0.step % 5 != 0 }.compactMap { seen in
            witness.agents[seen.step].map { (seen, $0) }
        }
    }

    @Test("is the state that the rollout is in, in the ego's frame", arguments: [UInt64(1), 2, 3, 5])
    func truth(scenario: UInt64) throws {
        let moments = try record(scenario, mix: [0.4, 0.3, 0.3, 0])
        try #require(moments.count > 50)
        var distances = 0
        for (seen, truth) in moments {
            let ego = try #require(truth.first { $0.isEgo })
            #expect(seen.number(2) == ego.speed && seen.number(4) == ego.heading && seen.number(7) == ego.length)
            #expect((seen.number(6) + seen.number(30)).magnitude < 1e-4, "offset from and to the lane's centre")
            let others = truth.filter { !$0.isEgo }
            #expect(Int(seen.number(15)) == min(16, others.count))
            var last: Float = 0
            for index in 0..<Int(seen.number(15)) {
                let along = seen.agent(index, 2), across = seen.agent(index, 3)
                #expect(along.magnitude >= last, "nearest first")
                last = along.magnitude
                let place = "scenario \(scenario), step \(seen.step), agent \(index)"
                let other = try #require(
                    others.first {
                        ($0.s - ego.s - along).magnitude < 1e-3 && ($0.d - ego.d - across).magnitude < 1e-3
                    }, "\(place)")
                #expect(seen.agent(index, 8) == other.length && seen.agent(index, 9) == other.width)
                let speed = (seen.agent(index, 5) * seen.agent(index, 5) + seen.agent(index, 6) * seen.agent(index, 6))
                    .squareRoot()
                #expect((speed - other.speed).magnitude < 1e-3)
                guard along.magnitude < 100 else { continue }
                // The corridor's plane geometry is built independently of the observation.
                let x = seen.agent(index, 0), y = seen.agent(index, 1)
                let dx = other.x - ego.x, dy = other.y - ego.y
                let expected = (dx * dx + dy * dy).squareRoot()
                #expect(((x * x + y * y).squareRoot() - expected).magnitude < 0.05 + 0.002 * expected, "\(place)")
                distances += 1
            }
        }
        #expect(distances > 200)
    }
}
