/// One 32-bit digest per step of a shard: the wrapping sum of its scenarios' running digests after that
/// step. With it a replay can name the first step that differs, for a few bytes per record.
public struct StepDigests: Sendable, Equatable, Codable {
    public var sums: [UInt32]
    public init(sums: [UInt32]) { self.sums = sums }
}
