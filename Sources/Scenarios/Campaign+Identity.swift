import WorldModel

extension Campaign {
    /// Number of the rules that turn a campaign into scenarios and shards; raised whenever a change of
    /// this code changes a scenario's bits.
    public static let rulesVersion = 1

    /// Names what a campaign computes: 64 hexadecimal digits. Equal identities give equal scenarios and
    /// shards, bit for bit.
    ///
    /// All that changes a scenario or a shard is part of it. The name is not, and neither is the goal: a
    /// campaign can be extended, and its finished shards stay valid.
    ///
    /// - Parameter worldModelHash: content hash of the weights, whatever path they were read from.
    public func identity(worldModelHash: String) -> String {
        let shares = mix.map { "\($0)" }.joined(separator: ",")
        let changed = policyParameters.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        let parameters = changed.isEmpty ? "" : "\"policy-parameters\":{\(changed.joined(separator: ","))},"
        let external = externalPolicy.map { "\"external-policy\":\"\($0.identity)\"," } ?? ""
        let numbers = scenarioList.map { "\($0)" }.joined(separator: ",")
        let list = numbers.isEmpty ? "" : "\"scenarios\":[\(numbers)],"
        // Canonical JSON: keys in alphabetical order, no spaces, shortest decimals that read back exactly.
        let json = """
            {"burn-in":\(burnInSeconds),\(external)"horizon":\(horizonSeconds),"mix":[\(shares)],\
            "policy":"\(policy.rawValue)",\(parameters)"rules":\(Self.rulesVersion),\(list)"seed":\(seed),\
            "shard-size":\(shardSize),"world-model":"\(worldModelHash)"}
            """
        return ContentHash.sha256(Array(json.utf8))
    }
}
