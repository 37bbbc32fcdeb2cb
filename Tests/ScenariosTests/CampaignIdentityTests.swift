import Scenarios
import Testing

@Suite struct CampaignIdentityTests {
    @Test func isTheSameOnEveryMachine() {
        // sha256sum of {"burn-in":4.0,"horizon":60.0,"mix":[0.4,0.3,0.2,0.1],"policy":"idm-mobil",
        // "rules":1,"seed":1,"shard-size":64,"world-model":"abc"} in one line.
        #expect(
            Campaign().identity(worldModelHash: "abc")
                == "f6e904e4e129a70270ab2cd941129601bb188b452544a3fedd76bc04abe62c9c")
    }

    @Test func ignoresNameGoalAndThePathOfTheWeights() {
        var other = Campaign()
        other.name = "another"
        other.goal = .egoKilometers(7)
        other.stop.failures = 3
        other.worldModel = "/somewhere/weights.safetensors"
        #expect(other.identity(worldModelHash: "abc") == Campaign().identity(worldModelHash: "abc"))
    }

    @Test func changesWithAllThatChangesAScenarioOrAShard() {
        let changes: [(inout Campaign) -> Void] = [
            { $0.seed += 1 }, { $0.mix = [0.3, 0.4, 0.2, 0.1] }, { $0.horizonSeconds += 0.5 },
            { $0.burnInSeconds += 0.5 }, { $0.policy = .worldModel }, { $0.shardSize += 1 },
            { $0.policyParameters = ["time-headway": 0.75] }, { $0.policyParameters = ["time-headway": 1.5] },
            { $0.scenarioList = [3, 8] }, { $0.scenarioList = [3, 9] },
        ]
        var seen: Set = [
            Campaign().identity(worldModelHash: "abc"), Campaign().identity(worldModelHash: "abd"),
        ]
        for change in changes {
            var campaign = Campaign()
            change(&campaign)
            seen.insert(campaign.identity(worldModelHash: "abc"))
        }
        #expect(seen.count == 2 + changes.count)
    }
}
