/// What a worker asks of the coordinator. Requests may arrive twice; worker and sequence tell.
public struct FarmRequest: Sendable, Equatable {
    public enum Body: Sendable, Equatable {
        case hello(WorkerHello)
        case fetchWeights(offset: UInt64)
        /// Code or configuration of the policy under test.
        case fetchPolicy(hash: String, offset: UInt64)
        case lease(count: Int)
        case heartbeat(Heartbeat)
        case block(LeaseKey, sequence: Int, bytes: [UInt8])
        case commit([ShardResult])
        case giveBack([LeaseKey])
        case goodbye
    }

    /// The number from `Welcome`; 0 in a hello.
    public var worker: UInt64
    /// Grows by one with each new request of this worker.
    public var sequence: UInt64
    public var body: Body

    public init(worker: UInt64, sequence: UInt64, body: Body) {
        self.worker = worker
        self.sequence = sequence
        self.body = body
    }

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(worker)
        writer.append(sequence)
        switch body {
        case .hello(let hello): hello.write(to: &writer)
        case .fetchWeights(let offset): writer.append(offset)
        case .fetchPolicy(let hash, let offset):
            writer.append(hash)
            writer.append(offset)
        case .lease(let count): writer.append(UInt32(count))
        case .heartbeat(let heartbeat): heartbeat.write(to: &writer)
        case .block(let key, let sequence, let bytes):
            key.write(to: &writer)
            writer.append(UInt32(sequence))
            writer.append(bytes)
        case .commit(let results): writer.append(each: results) { $0.write(to: &$1) }
        case .giveBack(let keys): writer.append(each: keys) { $0.write(to: &$1) }
        case .goodbye: break
        }
        return WireFrame.seal(kind: kind, body: writer)
    }

    public init(decoding message: [UInt8]) throws(WireError) {
        var (kind, reader) = try WireFrame.open(message)
        worker = try reader.integer()
        sequence = try reader.integer()
        switch kind {
        case 1: body = .hello(try WorkerHello(from: &reader))
        case 2: body = .fetchWeights(offset: try reader.integer())
        case 3: body = .lease(count: Int(try reader.integer(UInt32.self)))
        case 4: body = .heartbeat(try Heartbeat(from: &reader))
        case 5:
            body = .block(
                try LeaseKey(from: &reader), sequence: Int(try reader.integer(UInt32.self)),
                bytes: try reader.bytes("block", limit: WireLimit.block))
        case 6:
            body = .commit(
                try reader.list("results", limit: WireLimit.leases, bytesEach: ShardResult.leastWireBytes) {
                    reader throws(WireError) in try ShardResult(from: &reader)
                })
        case 7:
            body = .giveBack(
                try reader.list("leases", limit: WireLimit.leases, bytesEach: LeaseKey.wireBytes) {
                    reader throws(WireError) in try LeaseKey(from: &reader)
                })
        case 8: body = .goodbye
        case 9:
            body = .fetchPolicy(hash: try reader.text("policy hash", limit: 64), offset: try reader.integer())
        default: throw .unknownKind(kind)
        }
        try reader.finish()
    }

    private var kind: UInt16 {
        switch body {
        case .hello: 1
        case .fetchWeights: 2
        case .lease: 3
        case .heartbeat: 4
        case .block: 5
        case .commit: 6
        case .giveBack: 7
        case .goodbye: 8
        case .fetchPolicy: 9
        }
    }
}
