import Farm
import RecordStore

// One word for each message and write, for traces.

extension FarmRequest.Body {
    var brief: String {
        switch self {
        case .hello(let hello):
            "hello \(hello.held.map(\.brief)) deaths \(hello.deaths.map { "\($0.cause) \($0.scenarios)" })"
        case .fetchWeights: "for weights"
        case .fetchPolicy: "for a policy"
        case .lease(let count): "for \(count) leases"
        case .heartbeat(let heartbeat): "heartbeat \(heartbeat.held.map { "\($0.key.brief):\($0.progress)" })"
        case .block(let key, let sequence, _): "to keep block \(key.brief) \(sequence)"
        case .commit(let results): "to commit \(results.map { "\($0.key.brief) \($0.scenarios)" })"
        case .giveBack(let keys): "to give back \(keys.map(\.brief))"
        case .goodbye: "goodbye"
        }
    }
}

extension FarmReply {
    var brief: String {
        switch self {
        case .welcome(let welcome): "welcome \(welcome.worker & 0xffff_ffff)"
        case .leases(let leases):
            "leases \(leases.map { "\($0.key.brief) \($0.firstScenario)+\($0.scenarioCount)" })"
        case .alive(let revoked, _): "alive, not \(revoked.map(\.brief))"
        case .weights: "weights"
        default: "\(self)"
        }
    }
}

extension LeaseKey {
    var brief: String { "\(shard)/\(generation >> 32).\(generation & 0xffff_ffff)" }
}

extension JournalWrite {
    var brief: String {
        switch self {
        case .commit(let commit): "shard \(commit.shard) by \(commit.worker)"
        case .piece(let commit):
            "piece \(commit.firstScenario)+\(commit.scenarioCount) of \(commit.shard) by \(commit.worker)"
        default: "\(self)"
        }
    }
}
