import Foundation
import Scenarios
import WorldModel

extension Worker {
    /// Fetches the code and configuration of the campaign's policy into the cache, if it comes with any and this
    /// worker may run it.
    ///
    /// - Returns: false if the worker was drained meanwhile.
    /// - Throws: `WorkerError`.
    func fetchPolicy(of campaign: Campaign, _ link: CoordinatorLink) throws -> Bool {
        guard let policy = campaign.externalPolicy else { return true }
        guard configuration.policyAllowance.allows(policy) else {
            throw WorkerError.policyNotAllowed(policy: policy.name, codeHash: policy.codeHash)
        }
        let cache = PolicyCache(folder: configuration.policyCache)
        for file in [policy.code, policy.config].compactMap({ $0 }) where cache.load(file) == nil {
            guard cache.path(of: file) != nil, (0...ExternalPolicy.maximumFileBytes).contains(file.bytes) else {
                throw WorkerError.unexpectedAnswer(address: link.address, to: "hello")
            }
            guard let bytes = try fetch(file, link) else { return false }
            do { try cache.store(bytes, as: file) } catch {
                throw WorkerError.noRunner("\(configuration.policyCache.path): \(error.localizedDescription)")
            }
        }
        return true
    }

    private func fetch(_ file: ExternalPolicy.File, _ link: CoordinatorLink) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < file.bytes {
            let reply = try link.ask(
                .fetchPolicy(hash: file.hash, offset: UInt64(bytes.count)), giveUp: { isDrainWanted })
            guard let reply else { return nil }
            guard case .weights(UInt64(bytes.count), let part) = reply, !part.isEmpty else {
                throw WorkerError.unexpectedAnswer(address: link.address, to: "fetch policy")
            }
            bytes += part
        }
        let found = ContentHash.sha256(bytes)
        guard found == file.hash else { throw WorkerError.badPolicy(expected: file.hash, found: found) }
        return bytes
    }
}
