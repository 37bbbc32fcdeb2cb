import Metrics

/// Bounds of what a message may hold.
enum WireLimit {
    static let text = 4_096
    static let campaign = 256 << 10
    static let block = 1 << 20
    static let weightsChunk = 1 << 20
    static let leases = 4_096
    static let deaths = 64
    static let stepDigests = 864_000
    /// The most bytes of one worker's results in one request; at least one result always goes.
    static let commitBytes = 512 << 10

    /// What of a text fits into `text` bytes: whole scalars, of four bytes at most. A character has no largest size.
    static func cut(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.text / 4)))
    }
}

/// A worker's right to one shard: shard and generation.
public struct LeaseKey: Sendable, Hashable {
    public var shard: Int
    public var generation: UInt64

    public init(shard: Int, generation: UInt64) {
        self.shard = shard
        self.generation = generation
    }

    static let wireBytes = 16

    init(from reader: inout ByteReader) throws(WireError) {
        shard = try reader.shard()
        generation = try reader.integer()
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt64(shard))
        writer.append(generation)
    }
}

extension ByteReader {
    mutating func shard() throws(WireError) -> Int {
        let shard: UInt64 = try integer()
        guard shard < 1 << 40 else { throw .badValue(field: "shard") }
        return Int(shard)
    }

    /// First scenario and number of scenarios, at least one.
    mutating func scenarios() throws(WireError) -> Range<UInt64> {
        let first: UInt64 = try integer()
        let count: UInt32 = try integer()
        guard first < 1 << 60, (1...1 << 20).contains(count) else { throw .badValue(field: "scenarios") }
        return first..<first + UInt64(count)
    }
}

extension ByteWriter {
    mutating func append(_ scenarios: Range<UInt64>) {
        append(scenarios.lowerBound)
        append(UInt32(scenarios.count))
    }
}

/// Who a worker is, and what it already holds.
public struct WorkerHello: Sendable, Equatable {
    /// Drawn at random when the worker's process starts: a repeated hello is the same worker.
    public var instance: UInt64 = 0
    public var name = ""
    public var host = ""
    public var pid: Int32 = 0
    public var threads = 0
    public var build = ""
    /// Instruction set of the rollout kernel.
    public var kernel = ""
    public var cpu = ""
    /// SHA-256 of the weights that it has loaded; empty before it has any.
    public var weightsHash = ""
    /// Shards from an earlier connection, running or waiting to be committed.
    public var held: [LeaseKey] = []
    /// Processes on the same machine that ended without a goodbye.
    public var deaths: [WorkerDeath] = []
    /// Shows that the worker knows the join token; empty where it has none.
    public var proof: [UInt8] = []

    public init() {}

    init(from reader: inout ByteReader) throws(WireError) {
        instance = try reader.integer()
        name = try reader.text("worker name", limit: 128)
        host = try reader.text("host", limit: 256)
        pid = try reader.integer()
        threads = Int(try reader.integer(UInt16.self))
        build = try reader.text("build", limit: 256)
        kernel = try reader.text("kernel", limit: 64)
        cpu = try reader.text("cpu", limit: 256)
        weightsHash = try reader.text("weights hash", limit: 64)
        held = try reader.list("held leases", limit: WireLimit.leases, bytesEach: LeaseKey.wireBytes) {
            reader throws(WireError) in try LeaseKey(from: &reader)
        }
        deaths = try reader.list("deaths", limit: WireLimit.deaths, bytesEach: WorkerDeath.wireBytes) {
            reader throws(WireError) in try WorkerDeath(from: &reader)
        }
        proof = try reader.bytes("proof", limit: JoinToken.proofBytes)
    }

    func write(to writer: inout ByteWriter) {
        writer.append(instance)
        writer.append(name)
        writer.append(host)
        writer.append(pid)
        writer.append(UInt16(clamping: threads))
        writer.append(build)
        writer.append(kernel)
        writer.append(cpu)
        writer.append(weightsHash)
        writer.append(each: held) { $0.write(to: &$1) }
        writer.append(each: deaths) { $0.write(to: &$1) }
        writer.append(proof)
    }
}

/// What a worker needs to begin.
public struct Welcome: Sendable, Equatable {
    /// Valid until the coordinator restarts.
    public var worker: UInt64 = 0
    /// `Campaign` as JSON.
    public var campaign: [UInt8] = []
    public var identity = ""
    /// SHA-256 of the world model's weights, and their size in bytes.
    public var weightsHash = ""
    public var weightsBytes: UInt64 = 0
    public var heartbeatMilliseconds: UInt32 = 0

    public init() {}

    init(from reader: inout ByteReader) throws(WireError) {
        worker = try reader.integer()
        campaign = try reader.bytes("campaign", limit: WireLimit.campaign)
        identity = try reader.text("identity", limit: 256)
        weightsHash = try reader.text("weights hash", limit: 64)
        weightsBytes = try reader.integer()
        heartbeatMilliseconds = try reader.integer()
    }

    func write(to writer: inout ByteWriter) {
        writer.append(worker)
        writer.append(campaign)
        writer.append(identity)
        writer.append(weightsHash)
        writer.append(weightsBytes)
        writer.append(heartbeatMilliseconds)
    }
}

/// A shard to roll out.
public struct ShardLease: Sendable, Equatable {
    public var key: LeaseKey
    public var firstScenario: UInt64
    public var scenarioCount: Int
    /// Time until the lease expires unless a heartbeat renews it.
    public var milliseconds: UInt32

    var scenarios: Range<UInt64> { firstScenario..<firstScenario + UInt64(scenarioCount) }

    static let wireBytes = LeaseKey.wireBytes + 16

    public init(key: LeaseKey, firstScenario: UInt64, scenarioCount: Int, milliseconds: UInt32) {
        self.key = key
        self.firstScenario = firstScenario
        self.scenarioCount = scenarioCount
        self.milliseconds = milliseconds
    }

    init(from reader: inout ByteReader) throws(WireError) {
        key = try LeaseKey(from: &reader)
        let scenarios = try reader.scenarios()
        firstScenario = scenarios.lowerBound
        scenarioCount = scenarios.count
        milliseconds = try reader.integer()
    }

    func write(to writer: inout ByteWriter) {
        key.write(to: &writer)
        writer.append(scenarios)
        writer.append(milliseconds)
    }
}

/// Work done since the worker's process started. Rates are differences.
public struct WorkCounters: Sendable, Equatable {
    public var egoMeters = 0.0
    public var agentMeters = 0.0
    public var agentSteps = 0.0
    public var sceneSteps = 0.0

    public init() {}

    init(from reader: inout ByteReader) throws(WireError) {
        egoMeters = try Self.counter("ego metres", &reader)
        agentMeters = try Self.counter("agent metres", &reader)
        agentSteps = try Self.counter("agent steps", &reader)
        sceneSteps = try Self.counter("scene steps", &reader)
    }

    /// Sums and rates of what is larger would be infinite, which no snapshot can hold.
    private static func counter(_ field: String, _ reader: inout ByteReader) throws(WireError) -> Double {
        let value = try reader.number(field)
        guard (0...1e18).contains(value) else { throw .badValue(field: field) }
        return value
    }

    func write(to writer: inout ByteWriter) {
        for number in [egoMeters, agentMeters, agentSteps, sceneSteps] { writer.append(number) }
    }

    mutating func add(_ record: RolloutRecord) {
        egoMeters += Double(record.egoMeters)
        agentMeters += Double(record.agentMeters)
        agentSteps += Double(record.agentSteps)
        sceneSteps += Double(record.simulatedSeconds) * 10
    }
}

/// A sign of life with everything that the worker holds.
public struct Heartbeat: Sendable, Equatable {
    public struct Held: Sendable, Equatable {
        public var key: LeaseKey
        /// 0 while the shard waits, then 1 plus the records so far.
        public var progress: UInt32

        public init(key: LeaseKey, progress: UInt32) {
            self.key = key
            self.progress = progress
        }
    }

    public var held: [Held] = []
    public var counters = WorkCounters()
    public var isDraining = false

    public init() {}

    init(from reader: inout ByteReader) throws(WireError) {
        held = try reader.list("held leases", limit: WireLimit.leases, bytesEach: LeaseKey.wireBytes + 4) {
            reader throws(WireError) in
            Held(key: try LeaseKey(from: &reader), progress: try reader.integer())
        }
        counters = try WorkCounters(from: &reader)
        isDraining = try reader.integer(UInt8.self) != 0
    }

    func write(to writer: inout ByteWriter) {
        writer.append(each: held) {
            $0.key.write(to: &$1)
            $1.append($0.progress)
        }
        counters.write(to: &writer)
        writer.append(UInt8(isDraining ? 1 : 0))
    }
}

/// The end of a shard: offers the blocks that were sent before.
public struct ShardResult: Sendable, Equatable {
    public var key: LeaseKey
    /// What was rolled out: the shard, or a piece of it.
    public var scenarios: Range<UInt64>
    public var blockCount: Int
    public var stepDigests: StepDigests
    /// Time that the rollouts took, seconds.
    public var wallSeconds: Double

    public init(
        key: LeaseKey, scenarios: Range<UInt64>, blockCount: Int, stepDigests: StepDigests,
        wallSeconds: Double
    ) {
        self.key = key
        self.scenarios = scenarios
        self.blockCount = blockCount
        self.stepDigests = stepDigests
        self.wallSeconds = wallSeconds
    }

    init(from reader: inout ByteReader) throws(WireError) {
        key = try LeaseKey(from: &reader)
        scenarios = try reader.scenarios()
        blockCount = Int(try reader.integer(UInt32.self))
        stepDigests = StepDigests(
            sums: try reader.list("step digests", limit: WireLimit.stepDigests, bytesEach: 4) {
                reader throws(WireError) in try reader.integer()
            },
            policyTrace: try reader.list("policy trace", limit: 2 * WireLimit.stepDigests, bytesEach: 4) {
                reader throws(WireError) in try reader.integer()
            })
        wallSeconds = try reader.number("wall seconds")
    }

    /// Without step digests.
    static let leastWireBytes = LeaseKey.wireBytes + 32

    func write(to writer: inout ByteWriter) {
        key.write(to: &writer)
        writer.append(scenarios)
        writer.append(UInt32(blockCount))
        writer.append(each: stepDigests.sums) { $1.append($0) }
        writer.append(each: stepDigests.policyTrace) { $1.append($0) }
        writer.append(wallSeconds)
    }

    var wireBytes: Int {
        Self.leastWireBytes + (stepDigests.sums.count + stepDigests.policyTrace.count) * 4
    }
}
