/// What a journal says of its campaign: enough to run it again, and to refuse another campaign's results.
public struct JournalCampaign: Sendable, Equatable, Codable {
    /// Hash over everything that decides a result; two campaigns with one identity give the same records.
    public var identity: String
    public var name: String
    public var seed: UInt64
    /// The campaign file as the user wrote it.
    public var yaml: String
    /// The campaign as canonical JSON.
    public var canonicalJSON: String
    /// Content hash of the world model's weights.
    public var worldModelHash: String
    public var policy: String
    /// Scenarios a shard; shard `k` begins at scenario `k * shardSize`.
    public var shardSize: Int
    /// Instruction set of the rollout kernel, for the record: it never changes a result.
    public var kernel: String
    /// Version and build of the program that created the journal.
    public var build: String

    public init(
        identity: String, name: String, seed: UInt64, yaml: String, canonicalJSON: String,
        worldModelHash: String,
        policy: String, shardSize: Int, kernel: String, build: String
    ) {
        self.identity = identity
        self.name = name
        self.seed = seed
        self.yaml = yaml
        self.canonicalJSON = canonicalJSON
        self.worldModelHash = worldModelHash
        self.policy = policy
        self.shardSize = shardSize
        self.kernel = kernel
        self.build = build
    }
}
