import Foundation
import Messaging
import Scenarios

/// What a coordinator serves, and where.
public struct CoordinatorConfiguration: Sendable {
    public var campaign: Campaign
    /// The campaign file as the user wrote it.
    public var yaml: String
    /// `Campaign.identity(worldModelHash:)`.
    public var identity: String
    /// The world model's file, handed to workers as it is.
    public var weights: [UInt8]
    /// SHA-256 of `weights`, 64 hexadecimal digits.
    public var weightsHash: String
    /// Code and configuration of the policy under test by SHA-256, if it isn't one of Longhaul's own.
    public var policyFiles: [String: [UInt8]] = [:]
    /// Where the journal lies; a journal of the same campaign is continued.
    public var folder: URL
    /// URLs for workers, such as `tls+tcp://0.0.0.0:7700`; port 0 lets the system choose.
    public var listen = ["tcp://127.0.0.1:7700"]
    /// URL for dashboards, or nil for none.
    public var telemetry: String? = "tcp://127.0.0.1:7701"
    /// Who may join, and who may watch: roles of their own, so sockets and authorities of their own.
    public var workerProtection = Protection.loopbackOnly
    public var viewerProtection = Protection.loopbackOnly
    /// What workers have to prove that they know, besides.
    public var token: JoinToken?
    /// Instruction set and build of this program, for the record.
    public var kernel = ""
    public var build = ""
    public var leases = LeaseTable.Settings()
    /// Of few workers; see `heartbeatsPerSecond`.
    public var heartbeatSeconds = 0.5
    /// Heartbeats of all workers together; many workers send them less often.
    public var heartbeatsPerSecond = 1_000.0
    /// A worker that was silent for so long, and for six heartbeats, is lost, and its shards go to others.
    public var lostAfterSeconds = 3.0
    /// Share of shards that another worker rolls out again, to compare the digests; 0...1.
    public var auditShare = 0.01
    /// The campaign stops when more scenarios than this are in quarantine.
    public var maxFailures = 100
    /// Kernel classes that workers may have; empty: any.
    public var kernels: Set<String> = []
    /// A worker that is alone confirms its own shards after this time.
    public var soloSeconds = 10.0
    /// Two workers disagree and nobody else is there to decide: the shard is set aside after this time.
    public var disputeSeconds = 60.0
    /// After the end, workers have so long to ask and hear of it.
    public var farewellSeconds = 3.0

    public init(
        campaign: Campaign, yaml: String, identity: String, weights: [UInt8], weightsHash: String, folder: URL
    ) {
        self.campaign = campaign
        self.yaml = yaml
        self.identity = identity
        self.weights = weights
        self.weightsHash = weightsHash
        self.folder = folder
    }
}

extension CoordinatorConfiguration {
    /// What the machine has to know of it.
    var settings: FarmSettings {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            var settings = FarmSettings(
                campaign: campaign, campaignJSON: Array(try encoder.encode(campaign)), identity: identity,
                weights: weights, weightsHash: weightsHash)
            settings.policyFiles = policyFiles
            settings.folder = folder.path
            settings.leases = leases
            settings.heartbeatSeconds = heartbeatSeconds
            settings.heartbeatsPerSecond = heartbeatsPerSecond
            settings.lostAfterSeconds = lostAfterSeconds
            settings.auditShare = auditShare
            settings.auditSeed = .random(in: 0...UInt64.max)
            settings.numberSecret = (0..<32).map { _ in .random(in: 0...UInt8.max) }
            settings.soloSeconds = soloSeconds
            settings.disputeSeconds = disputeSeconds
            settings.maxFailures = maxFailures
            settings.build = build
            settings.token = token
            settings.kernels = kernels
            return settings
        }
    }
}

/// Why a coordinator can't begin.
public enum CoordinatorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A shard was cut short by an earlier, smaller goal.
    case shardCutShort(folder: String, shard: Int, scenarios: Int, expected: Int)
    /// A campaign with more shards than can be kept in memory.
    case tooManyShards(Int, limit: Int)

    public var description: String {
        switch self {
        case .shardCutShort(let folder, let shard, let scenarios, let expected):
            "\(folder): shard \(shard) was finished with \(scenarios) scenarios, this campaign needs"
                + " \(expected) of it; extend campaigns by whole shards, or choose another output folder"
        case .tooManyShards(let count, let limit):
            "the campaign has \(count) shards, at most \(limit) are possible; choose a larger shard size"
        }
    }
}
