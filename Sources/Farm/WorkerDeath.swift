/// A worker process that ended without a goodbye, as the next one on the same machine found it.
public struct WorkerDeath: Sendable, Hashable {
    public enum Cause: UInt8, Sendable, CaseIterable {
        /// It was killed, or the machine stopped: no trace of a fault of its own.
        case killed = 0
        /// An engine thread crashed.
        case crashed = 1
    }

    /// `WorkerHello.instance` of that process.
    public var instance: UInt64
    public var cause: Cause
    /// The signal of a crash.
    public var signal: UInt8
    /// What the guilty engine thread was rolling out; nil where none was.
    public var lease: LeaseKey?
    public var scenarios: Range<UInt64>

    public init(
        instance: UInt64, cause: Cause, signal: UInt8 = 0, lease: LeaseKey? = nil,
        scenarios: Range<UInt64> = 0..<1
    ) {
        self.instance = instance
        self.cause = cause
        self.signal = signal
        self.lease = lease
        self.scenarios = scenarios
    }

    static let wireBytes = 8 + 3 + LeaseKey.wireBytes + 12

    init(from reader: inout ByteReader) throws(WireError) {
        instance = try reader.integer()
        guard let cause = Cause(rawValue: try reader.integer()) else {
            throw .badValue(field: "cause of death")
        }
        self.cause = cause
        signal = try reader.integer()
        let hasLease = try reader.integer(UInt8.self) != 0
        let key = try LeaseKey(from: &reader)
        lease = hasLease ? key : nil
        scenarios = try reader.scenarios()
    }

    func write(to writer: inout ByteWriter) {
        writer.append(instance)
        writer.append(cause.rawValue)
        writer.append(signal)
        writer.append(UInt8(lease == nil ? 0 : 1))
        (lease ?? LeaseKey(shard: 0, generation: 0)).write(to: &writer)
        writer.append(scenarios)
    }
}
