import Farm
import Foundation
import Metrics
import RecordStore
import Scenarios
import WorldModel

extension DecoderTarget {
    /// Honest inputs, made by today's encoders: what the fuzzer begins with.
    public func seeds() throws -> [[UInt8]] {
        switch self {
        case .wireRequest: Self.unframed(Self.requests.map { $0.encoded() })
        case .wireReply: Self.unframed(try Self.replies().map { $0.encoded() })
        case .campaignJSON: [Array(try JSONEncoder().encode(Campaign()))]
        case .snapshot: [Array(try JSONEncoder().encode(Self.snapshotSample))]
        case .block: try Self.blocks()
        case .campaignYAML: Self.campaigns.map { Array($0.utf8) }
        case .safetensors: Self.tensorFiles
        case .commonRoad: [Array(Self.commonRoadText.utf8)]
        case .ngsim: [Array(Self.ngsimText.utf8)]
        case .i24: [Array(Self.i24Text.utf8)]
        case .journal: try Self.journals()
        case .keys: ["q\u{1b}[A\u{1b}OB\u{1b}[5~\u{1b}[1;5C\u{1b}", "?jk\n"].map { Array($0.utf8) }
        }
    }

    /// Whole messages, and their kinds with their bodies, as `run` takes both.
    private static func unframed(_ messages: [[UInt8]]) -> [[UInt8]] {
        messages + messages.map { Array($0[6..<8] + $0[12...]) }
    }

    private static let requests: [FarmRequest] = {
        let key = LeaseKey(shard: 3, generation: 9)
        var hello = WorkerHello()
        hello.instance = 5
        hello.name = "w1"
        hello.threads = 2
        hello.held = [key]
        var heartbeat = Heartbeat()
        heartbeat.held = [.init(key: key, progress: 7)]
        let result = ShardResult(
            key: key, scenarios: 192..<256, blockCount: 1, stepDigests: StepDigests(sums: [1, 2, 3]),
            wallSeconds: 0.5)
        let bodies: [FarmRequest.Body] = [
            .hello(hello), .fetchWeights(offset: 100), .lease(count: 4), .heartbeat(heartbeat),
            .block(key, sequence: 0, bytes: [1, 2, 3]), .commit([result]), .giveBack([key]), .goodbye,
        ]
        return bodies.map { FarmRequest(worker: 1, sequence: 2, body: $0) }
    }()

    private static func replies() throws -> [FarmReply] {
        let key = LeaseKey(shard: 3, generation: 9)
        var welcome = Welcome()
        welcome.campaign = Array(try JSONEncoder().encode(Campaign()))
        welcome.weightsHash = String(repeating: "a", count: 64)
        let lease = ShardLease(key: key, firstScenario: 192, scenarioCount: 64, milliseconds: 10_000)
        return [
            .welcome(welcome), .refused("no"), .weights(offset: 0, bytes: [1, 2]), .leases([lease]),
            .retry(afterMilliseconds: 5), .finished, .alive(revoked: [key], nextMilliseconds: 500),
            .blockTaken, .commits([.committed, .duplicate, .mismatch, .resend, .refused("no")]), .done,
            .unknownWorker, .failed("no"),
        ]
    }

    private static let snapshotSample: FarmSnapshot = {
        var snapshot = FarmSnapshot()
        snapshot.workers = [FarmSnapshot.Worker()]
        snapshot.events = [FarmSnapshot.Event()]
        snapshot.attention = ["something"]
        return snapshot
    }()

    private static func records(_ count: Int) -> [RolloutRecord] {
        (0..<count).map { index in
            var record = RolloutRecord()
            record.scenario = UInt64(index)
            record.simulatedSeconds = 60
            record.egoMeters = 900 + Float(index)
            record.digest = UInt64(index) &* 0x9e37_79b9_7f4a_7c15
            return record
        }
    }

    private static func blocks() throws -> [[UInt8]] {
        let blocks = try [1, 7].map { try BlockCodec.encode(records($0)) }
        let limit = BlockCodec.maximumContentBytes
        return blocks + (try blocks.map { Array(try LZ4Frame.decompress($0, limit: limit).dropLast(8)) })
    }

    private static let campaigns = [
        """
        name: night-shift
        seed: 7
        scenarios: 100000
        mix: {free-flow: 0.4, busy: 0.3, dense: 0.2, jam: 0.1}
        horizon: 60
        burn-in: 4
        world-model: shipped
        policy: idm-mobil
        policy-parameters: {time-headway: 0.75}
        shard-size: 64
        """,
        "{ego-km: 5.5e2, seed: 0x10, mix: &a {jam: 1}, policy: world-model}\n---\n",
        "name: [a, {b: *c}]\n? |\n  text\n: >-\n  more\n",
    ]

    private static let tensorFiles: [[UInt8]] = {
        typealias Tensor = SafetensorsFile.Tensor
        let small = SafetensorsFile(
            tensors: [
                "a": Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), "b": Tensor(shape: [], values: [7]),
            ], metadata: ["format": WorldModel.fileFormat, "note": "quotes \" and \\"])
        let quantiles = (0..<33).map(Float.init)
        let model = SafetensorsFile(
            tensors: [
                "tokens.longitudinal": Tensor(shape: [2, 5], values: (0..<10).map(Float.init)),
                "tokens.lateral": Tensor(shape: [1, 5], values: (0..<5).map(Float.init)),
                "scene.kind_shares": Tensor(shape: [3], values: [0.9, 0.08, 0.02]),
                "scene.length_quantiles": Tensor(shape: [3, 33], values: quantiles + quantiles + quantiles),
            ],
            metadata: [
                "format": WorldModel.fileFormat, "format_version": "\(WorldModel.fileFormatVersion)",
                "temperature": "1",
            ])
        return [small.encoded(), model.encoded()]
    }()

    private static func journals() throws -> [[UInt8]] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("longhaul-fuzz-seed-\(UUID().uuidString)", isDirectory: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let campaign = JournalCampaign(
                identity: "3f2a", name: "sample", seed: 1, yaml: "seed: 1\n", canonicalJSON: #"{"seed":1}"#,
                worldModelHash: "aa", policy: "idm-mobil", shardSize: 4, kernel: "x86-64-v3", build: "test")
            let journal = try Journal.create(folder: folder, campaign: campaign)
            let commit = ShardCommit(
                shard: 0, generation: 1, worker: "w1", firstScenario: 0, scenarioCount: 4,
                blocks: [try BlockCodec.encode(records(4))], stepDigests: StepDigests(sums: [1, 2, 3]),
                wallSeconds: 0.25)
            _ = try journal.commit([commit])
        }
        // Closing the last connection has moved everything from the write-ahead log into the file.
        return [Array(try Data(contentsOf: folder.appendingPathComponent("journal.sqlite")))]
    }

    private static let ngsimText = (0..<20).map { frame in
        "2 \(13 + frame) 437 1118846980200 6.0\t\(100 + 5 * frame) 6451137.6 1873344.9 15.0 6.5 2 50.0 0.00 1"
            + " 0 0 0.00 0.00"
    }.joined(separator: "\r\n")

    private static let i24Text: String = {
        let times = (0..<12).map { 1_641_481_246.6 + 0.5 * Double($0) }
        let xs = times.indices.map { 100 + 49.2 * Double($0) }
        return """
            [{"timestamp": \(times), "x_position": \(xs), "y_position": \(times.map { _ in 42 }),
             "length": 15.0, "width": 6.0, "direction": 1, "coarse_vehicle_class": 0, "_id": "abc"}]
            """
    }()

    private static let commonRoadText = """
        <?xml version="1.0"?>
        <commonRoad timeStepSize="0.1" commonRoadVersion="2018b" benchmarkID="USA_US101-7_1_T-1">
        <lanelet id="1"><leftBound><point><x>0</x><y>3.5</y></point><point><x>60</x><y>3.5</y></point></leftBound>
        <rightBound><point><x>0</x><y>0</y></point><point><x>60</x><y>0</y></point></rightBound>
        <successor ref="2"/><adjacentRight ref="3" drivingDir="same"/><speedLimit>30</speedLimit></lanelet>
        <lanelet id="2"><leftBound><point><x>60</x><y>3.5</y></point><point><x>120</x><y>3.5</y></point></leftBound>
        <rightBound><point><x>60</x><y>0</y></point><point><x>120</x><y>0</y></point></rightBound>
        <predecessor ref="1"/></lanelet>
        <lanelet id="3"><leftBound><point><x>0</x><y>0</y></point><point><x>60</x><y>0</y></point></leftBound>
        <rightBound><point><x>0</x><y>-3.5</y></point><point><x>60</x><y>-3.5</y></point></rightBound>
        <adjacentLeft ref="1" drivingDir="same"/></lanelet>
        <obstacle id="500"><role>dynamic</role><type>car</type>
        <shape><rectangle><length>4.5</length><width>1.8</width></rectangle></shape>
        <initialState><position><point><x>10</x><y>1.75</y></point></position><orientation><exact>0</exact>
        </orientation><time><exact>0</exact></time><velocity><exact>10</exact></velocity></initialState>
        <trajectory><state><position><point><x>11</x><y>1.75</y></point></position><orientation><exact>0</exact>
        </orientation><time><exact>1</exact></time><velocity><exact>10</exact></velocity></state></trajectory>
        </obstacle></commonRoad>
        """
}
