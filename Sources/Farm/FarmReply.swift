/// What the coordinator answers.
public enum FarmReply: Sendable, Equatable {
    case welcome(Welcome)
    /// The worker can't take part; the text says what to change.
    case refused(String)
    case weights(offset: UInt64, bytes: [UInt8])
    case leases([ShardLease])
    /// Nothing to lease right now.
    case retry(afterMilliseconds: UInt32)
    /// The campaign is finished: give back what you hold and leave.
    case finished
    /// Answers a heartbeat: these leases are no longer the worker's, and the next heartbeat is due so late.
    case alive(revoked: [LeaseKey], nextMilliseconds: UInt32)
    case blockTaken
    /// One answer per result, in order.
    case commits([CommitAnswer])
    case done
    /// The coordinator doesn't know this worker (any more): say hello again.
    case unknownWorker
    /// The request can't be served; the text says why.
    case failed(String)

    /// What became of an offered shard.
    public enum CommitAnswer: Sendable, Equatable {
        /// Durable: the worker may forget it.
        case committed
        /// It was durable already, with the same results.
        case duplicate
        /// It was durable already, with other results.
        case mismatch
        /// Blocks are missing (the coordinator restarted): send them again, then offer again.
        case resend
        /// Not a result of this campaign; the text says why. The worker drops it.
        case refused(String)
    }

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .welcome(let welcome): welcome.write(to: &writer)
        case .refused(let text), .failed(let text): writer.append(WireLimit.cut(text))
        case .weights(let offset, let bytes):
            writer.append(offset)
            writer.append(bytes)
        case .leases(let leases): writer.append(each: leases) { $0.write(to: &$1) }
        case .retry(let milliseconds): writer.append(milliseconds)
        case .alive(let revoked, let milliseconds):
            writer.append(each: revoked) { $0.write(to: &$1) }
            writer.append(milliseconds)
        case .commits(let answers): writer.append(each: answers) { $0.write(to: &$1) }
        case .finished, .blockTaken, .done, .unknownWorker: break
        }
        return WireFrame.seal(kind: kind, body: writer)
    }

    public init(decoding message: [UInt8]) throws(WireError) {
        var (kind, reader) = try WireFrame.open(message)
        switch kind {
        case 65: self = .welcome(try Welcome(from: &reader))
        case 66: self = .refused(try reader.text("reason", limit: WireLimit.text))
        case 67:
            self = .weights(
                offset: try reader.integer(),
                bytes: try reader.bytes("weights", limit: WireLimit.weightsChunk))
        case 68:
            self = .leases(
                try reader.list("leases", limit: WireLimit.leases, bytesEach: ShardLease.wireBytes) {
                    reader throws(WireError) in try ShardLease(from: &reader)
                })
        case 69: self = .retry(afterMilliseconds: try reader.integer())
        case 70: self = .finished
        case 71:
            self = .alive(
                revoked: try reader.list("revoked", limit: WireLimit.leases, bytesEach: LeaseKey.wireBytes) {
                    reader throws(WireError) in try LeaseKey(from: &reader)
                }, nextMilliseconds: try reader.integer())
        case 72: self = .blockTaken
        case 73:
            self = .commits(
                try reader.list("answers", limit: WireLimit.leases, bytesEach: 1) {
                    reader throws(WireError) in try CommitAnswer(from: &reader)
                })
        case 74: self = .done
        case 75: self = .unknownWorker
        case 76: self = .failed(try reader.text("reason", limit: WireLimit.text))
        default: throw .unknownKind(kind)
        }
        try reader.finish()
    }

    private var kind: UInt16 {
        switch self {
        case .welcome: 65
        case .refused: 66
        case .weights: 67
        case .leases: 68
        case .retry: 69
        case .finished: 70
        case .alive: 71
        case .blockTaken: 72
        case .commits: 73
        case .done: 74
        case .unknownWorker: 75
        case .failed: 76
        }
    }
}

extension FarmReply.CommitAnswer {
    init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.integer(UInt8.self) {
        case 0: self = .committed
        case 1: self = .duplicate
        case 2: self = .mismatch
        case 3: self = .resend
        case 4: self = .refused(try reader.text("reason", limit: WireLimit.text))
        default: throw .badValue(field: "commit answer")
        }
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .committed: writer.append(UInt8(0))
        case .duplicate: writer.append(UInt8(1))
        case .mismatch: writer.append(UInt8(2))
        case .resend: writer.append(UInt8(3))
        case .refused(let text):
            writer.append(UInt8(4))
            writer.append(WireLimit.cut(text))
        }
    }
}
