import Foundation
import Metrics
import PolicyHost
import RecordStore
import Replay
import Rollout
import Scenarios

/// What `replay` works on: a shard, the scenarios of it that were asked for, and what a journal holds of it.
struct ReplayInput {
    /// What to roll out: a shard, one of its scenarios, or a scenario of whatever shard.
    struct Selection {
        var shard: Int?
        var scenario: UInt64?
    }

    var source: String
    var campaign: Campaign
    var weights: Weights
    var policy: PolicyInput?
    var identity: String
    /// Given beside a campaign file, instead of the file's own.
    var seed: UInt64?
    var shard: Int
    /// The shard's scenarios.
    var scenarios: Range<UInt64>
    /// Those to roll out.
    var chosen: Range<UInt64>
    /// Nil where there is only a campaign file.
    var recorded: ShardResult?

    /// - Parameters:
    ///   - source: a result folder or a campaign file.
    ///   - seed: another seed than the campaign file's.
    init(source: String, seed: UInt64?, selection: Selection) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
            throw CommandFailure(.usage, "\(source) does not exist; give a result folder or a campaign file")
        }
        if isFolder.boolValue {
            guard seed == nil else {
                throw CommandFailure(.usage, "--seed goes with a campaign file; a result folder has its seed")
            }
            try self.init(folder: source, selection: selection)
        } else {
            try self.init(file: source, seed: seed, selection: selection)
        }
    }

    private init(folder: String, selection: Selection) throws {
        source = folder
        let journal = try failing(.usage) { try Journal.read(folder: URL(fileURLWithPath: folder)) }
        let input = try CampaignInput(journal: journal)
        (campaign, weights, policy) = (input.campaign, input.weights, input.policy)
        identity = input.identity
        let shard = try selection.shard(of: campaign)
        self.shard = shard
        // A block that no longer decodes is a difference found, not a wrong input.
        let (records, digests) = try failing(.found) {
            (try journal.records(shard: shard), try journal.stepDigests(shard: shard))
        }
        guard !records.isEmpty, let digests else {
            throw CommandFailure(.usage, "\(ReplayError.shardNotCommitted(shard: shard, folder: folder))")
        }
        recorded = ShardResult(records: records, stepDigests: digests)
        let first = UInt64(shard) * UInt64(campaign.shardSize)
        scenarios = first..<(first + UInt64(records.count))
        chosen = try selection.scenarios(ofShard: shard, holding: scenarios)
    }

    private init(file: String, seed: UInt64?, selection: Selection) throws {
        source = file
        self.seed = seed
        let input = try CampaignInput(file: file) { campaign in
            if let seed { campaign.seed = seed }
        }
        (campaign, weights, policy) = (input.campaign, input.weights, input.policy)
        identity = input.identity
        shard = try selection.shard(of: campaign)
        scenarios = try failing(.usage) { [campaign, shard] in
            try Selection.scenarios(ofShard: shard, in: campaign)
        }
        chosen = try selection.scenarios(ofShard: shard, holding: scenarios)
        recorded = nil
    }

    /// Rolls out what was chosen and compares it with what is recorded.
    ///
    /// - Parameters:
    ///   - sink: receives the recordings, if somebody wants to look.
    ///   - progress: called with the number of scenarios done so far.
    func rolledOut(
        to sink: RecordingSink?, isCancelled: () -> Bool, progress: (Int) -> Void = { _ in }
    ) throws -> (ShardResult, ReplayVerdict?) {
        var replay = ShardReplay(campaign: campaign, worldModel: weights.model)
        replay.program = policy?.program
        replay.onPolicyFault = { standardError("replay: \($0)") }
        do {
            let result = try replay.roll(chosen, to: sink, isCancelled: isCancelled, progress: progress)
            let verdict = try recorded.map { recorded in
                try replay.verdict(
                    on: result, scenarios: chosen, of: scenarios, against: recorded, isCancelled: isCancelled)
            }
            return (result, verdict)
        } catch ReplayError.interrupted {
            throw CommandFailure(.interrupted, "\(ReplayError.interrupted)")
        } catch let failure as PolicyHostError {
            throw CommandFailure(.usage, "\(failure)")
        } catch let failure as RolloutEngine.Failure {
            throw CommandFailure(.usage, "\(failure)")
        } catch let failure as ReplayError {
            throw CommandFailure(.temporary, "\(failure)")
        }
    }

    /// Where the recording of one of the scenarios comes from.
    func origin(of scenario: UInt64) -> RecordingOrigin {
        let seed = seed.map { " --seed \($0)" } ?? ""
        return RecordingOrigin(
            campaignName: campaign.name, campaignIdentity: identity, seed: campaign.seed,
            policy: campaign.policyName, worldModel: weights.hash, shard: shard,
            command: "longhaul replay \(shellQuoted(source)) --scenario \(scenario)\(seed)")
    }
}

extension ReplayInput.Selection {
    /// The shard that was asked for, or that holds the scenario.
    fileprivate func shard(of campaign: Campaign) throws -> Int {
        if let shard {
            guard shard >= 0 else {
                throw CommandFailure(.usage, "--shard \(shard): shards are counted from 0")
            }
            return shard
        }
        guard let scenario else {
            throw CommandFailure(.usage, "give --scenario I or --shard K: what to roll out again")
        }
        let limit = Self.scenarioLimit(campaign)
        guard scenario < limit else {
            throw CommandFailure(
                .usage, "\(ReplayError.scenarioOutsideCampaign(scenario: scenario, scenarios: limit))")
        }
        return Int(scenario / UInt64(campaign.shardSize))
    }

    fileprivate func scenarios(ofShard shard: Int, holding all: Range<UInt64>) throws -> Range<UInt64> {
        guard let scenario else { return all }
        guard all.contains(scenario) else {
            throw CommandFailure(
                .usage,
                "\(ReplayError.scenarioOutsideShard(scenario: scenario, shard: shard, scenarios: all))")
        }
        return scenario..<(scenario + 1)
    }

    fileprivate static func scenarios(ofShard shard: Int, in campaign: Campaign) throws -> Range<UInt64> {
        let size = UInt64(campaign.shardSize)
        let limit = scenarioLimit(campaign)
        let (first, overflow) = UInt64(shard).multipliedReportingOverflow(by: size)
        guard !overflow, first < limit else {
            throw ReplayError.shardOutsideCampaign(shard: shard, shards: Int((limit + size - 1) / size))
        }
        return first..<min(first + size, limit)
    }

    private static func scenarioLimit(_ campaign: Campaign) -> UInt64 {
        switch campaign.goal {
        case .scenarios(let count): count
        case .egoKilometers: 1 << 56
        }
    }
}
