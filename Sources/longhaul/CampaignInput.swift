import Findings
import Foundation
import RecordStore
import Scenarios

/// A campaign as a command got it, with the weights that it names.
struct CampaignInput {
    /// The weights path is absolute here, whatever the file says.
    var campaign: Campaign
    var weights: Weights
    /// The policy under test if it isn't one of Longhaul's own.
    var policy: PolicyInput?

    /// Identity of what the campaign computes; equal identities give equal shards, bit for bit.
    var identity: String { campaign.identity(worldModelHash: weights.hash) }

    /// Reads a campaign file, or takes the default campaign where there is none.
    ///
    /// - Parameter change: applied to what the file says, before the weights are read.
    init(file: String?, change: (inout Campaign) throws -> Void = { _ in }) throws {
        var campaign = try file.map(Self.read) ?? Campaign()
        try change(&campaign)
        let folder = file.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? "."
        if campaign.worldModel != "shipped" {
            let base = URL(fileURLWithPath: folder, isDirectory: true)
            campaign.worldModel = URL(fileURLWithPath: campaign.worldModel, relativeTo: base).path
        }
        policy = try campaign.externalPolicy.map { try PolicyInput($0, folder: folder) }
        campaign.externalPolicy = policy?.policy
        self.campaign = campaign
        weights = try Weights(named: campaign.worldModel)
    }

    /// The campaign of a result folder, with the copy of its weights that lies there.
    init(journal: Journal) throws {
        let stored = journal.campaign
        campaign = try failing(.usage) {
            try CampaignFile.parse(yaml: stored.yaml, file: "campaign in \(journal.folder.path)")
        }
        weights = try Weights(named: Self.weightsCopy(in: journal.folder.path))
        policy = try Self.keptPolicy(campaign, journal)
        campaign.externalPolicy = policy?.policy
        guard weights.hash == stored.worldModelHash, identity == stored.identity else {
            throw CommandFailure(
                .usage, "\(journal.folder.path) was made by another version of Longhaul (\(stored.build)), "
                    + "or with other weights; replay it with the version that made it")
        }
    }

    private static func keptPolicy(_ campaign: Campaign, _ journal: Journal) throws -> PolicyInput? {
        guard let named = campaign.externalPolicy else { return nil }
        let json = Data(journal.campaign.canonicalJSON.utf8)
        guard let stored = try? JSONDecoder().decode(Campaign.self, from: json).externalPolicy else {
            throw CommandFailure(.usage, "\(journal.folder.path): the journal doesn't say which policy this was")
        }
        return try PolicyInput.kept(named, hashes: stored, in: journal.folder.path)
    }

    /// The same scenarios as those that count in a result folder, driven by this campaign's policy.
    ///
    /// - Throws: `CommandFailure` where there is nothing to run or nothing to compare.
    func against(_ results: ResultFolder) throws -> CampaignInput {
        var input = try CampaignInput(journal: results.journal)
        let identity = input.identity
        input.campaign.name = campaign.name
        input.campaign.policy = campaign.policy
        input.campaign.policyParameters = campaign.policyParameters
        input.campaign.externalPolicy = campaign.externalPolicy
        input.policy = policy
        input.campaign.stop = StopRule()
        guard let last = try failing(.usage, { try results.lastCountedScenario() }) else {
            throw CommandFailure(.usage, "\(results.path) holds no result yet; finish that campaign first")
        }
        input.campaign.goal = .scenarios(last + 1)
        guard input.identity != identity else {
            throw CommandFailure(
                .usage, "\(results.path) was driven by the same policy, so the results would be the same, bit for"
                    + " bit; give another policy or other policy-parameters")
        }
        return input
    }

    /// Puts copies of the weights and the policy into the result folder, so that the folder alone can be replayed.
    func keepFiles(in folder: String) throws {
        try policy?.keep(in: folder)
        let path = Self.weightsCopy(in: folder)
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try failing(.temporary) {
            try Data(weights.bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }

    private static func weightsCopy(in folder: String) -> String { folder + "/world-model.safetensors" }

    private static func read(_ file: String) throws -> Campaign {
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw CommandFailure(
                .usage, "cannot read the campaign file \(file): \(String(cString: strerror(errno)))")
        }
        defer { try? handle.close() }
        return try failing(.usage) {
            let bytes = try handle.read(upToCount: CampaignFile.maximumBytes + 1) ?? Data()
            return try CampaignFile.parse(yaml: String(decoding: bytes, as: UTF8.self), file: file)
        }
    }
}
