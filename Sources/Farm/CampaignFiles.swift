import Foundation
import Scenarios
import WorldModel

/// Weights and policy of a campaign on a worker's machine: what is there, and what has to be fetched.
struct CampaignFiles {
    private let configuration: WorkerConfiguration
    private(set) var campaign = Campaign()
    private(set) var weights: [UInt8] = []
    private var policies: [ExternalPolicy.File] = []

    init(_ configuration: WorkerConfiguration) { self.configuration = configuration }

    /// Looks for what the campaign needs.
    ///
    /// - Returns: what has to be fetched.
    /// - Throws: `WorkerError` if this worker can't or won't run the campaign.
    mutating func open(_ welcome: Welcome) throws(WorkerError) -> [Download] {
        campaign = try checkedCampaign(of: welcome)
        var missing: [Download] = []
        if let policy = campaign.externalPolicy {
            guard configuration.policyAllowance.allows(policy) else {
                throw .policyNotAllowed(policy: policy.name, codeHash: policy.codeHash)
            }
            policies = [policy.code, policy.config].compactMap(\.self)
            let cache = PolicyCache(folder: configuration.policyCache)
            for file in policies where cache.load(file) == nil {
                guard cache.path(of: file) != nil else {
                    throw unfit("its policy's file has a name or a hash that no file has")
                }
                missing.append(Download(.policy, hash: file.hash, bytes: file.bytes))
            }
        }
        if let cached = WeightsCache(folder: configuration.cache).load(hash: welcome.weightsHash) {
            weights = cached
        } else {
            missing.append(Download(.weights, hash: welcome.weightsHash, bytes: Int(welcome.weightsBytes)))
        }
        return missing
    }

    /// The campaign that a coordinator announces: whoever it is, nothing is begun that a campaign file could
    /// not have asked for, and nothing but what the coordinator itself says that it is.
    private func checkedCampaign(of welcome: Welcome) throws(WorkerError) -> Campaign {
        guard let campaign = try? JSONDecoder().decode(Campaign.self, from: Data(welcome.campaign)) else {
            throw unfit("it can't be read")
        }
        do { try CampaignFile.check(campaign, source: "campaign") } catch { throw unfit("\(error)") }
        guard welcome.weightsBytes <= WeightsCache.limit else {
            throw unfit("its weights have \(welcome.weightsBytes) bytes, more than \(WeightsCache.limit)")
        }
        // A newer release may know fields that this one doesn't; to leave them out would change the results.
        guard campaign.identity(worldModelHash: welcome.weightsHash) == welcome.identity else {
            throw unfit("this release understands it otherwise than the coordinator")
        }
        return campaign
    }

    private func unfit(_ reason: String) -> WorkerError {
        .unfitCampaign(address: configuration.join, reason: reason)
    }

    /// Keeps a fetched file.
    mutating func keep(_ download: Download, _ bytes: [UInt8]) throws(WorkerError) {
        switch download.kind {
        case .weights:
            weights = bytes
            // A cache that can't be written only costs a fetch next time.
            try? WeightsCache(folder: configuration.cache).store(bytes, hash: download.hash)
        case .policy:
            guard let file = policies.first(where: { $0.hash == download.hash }) else { return }
            do { try PolicyCache(folder: configuration.policyCache).store(bytes, as: file) } catch {
                throw .noRunner("\(configuration.policyCache.path): \(error.localizedDescription)")
            }
        }
    }
}
