import Farm
import Foundation
import Metrics
import RecordStore
import Scenarios

extension DecoderTarget {
    /// Honest inputs, made by today's encoders: what the fuzzer begins with.
    public func seeds() throws -> [[UInt8]] {
        switch self {
        case .wireRequest: Self.unframed(Self.requests.map { $0.encoded() })
        case .wireReply: Self.unframed(try Self.replies().map { $0.encoded() })
        case .campaignJSON: [Array(try JSONEncoder().encode(Campaign()))]
        case .snapshot: [Array(try JSONEncoder().encode(Self.snapshotSample))]
        case .coordinator: Self.coordinatorScripts
        case .worker: try Self.workerScripts()
        case .flight: Self.flights
        case .block: try Self.blocks()
        case .lz4: try [[7], Array(repeating: 65, count: 4_000)].map { try LZ4Frame.compress($0) }
        case .campaignYAML: Self.campaigns.map { Array($0.utf8) }
        case .safetensors: Self.tensorFiles
        case .streets: [Self.streetDriver]
        case .commonRoad: [Array(Self.commonRoadText.utf8)]
        case .egoPlan: Self.egoPlans.map { Array($0.utf8) }
        case .ngsim: [Array(Self.ngsimText.utf8)]
        case .i24: [Array(Self.i24Text.utf8)]
        case .gzip: [Self.gzipText, Self.gzipText + Self.gzipText]
        case .journal: [JournalSample.honest?.file ?? []]
        case .journalValues: JournalSample.patches
        case .keys: ["q\u{1b}[A\u{1b}OB\u{1b}[5~\u{1b}[1;5C\u{1b}", "?jk\n"].map { Array($0.utf8) }
        }
    }

    private static let snapshotSample: FarmSnapshot = {
        var snapshot = FarmSnapshot()
        snapshot.workers = [FarmSnapshot.Worker()]
        snapshot.events = [FarmSnapshot.Event()]
        snapshot.attention = ["something"]
        return snapshot
    }()

    private static func blocks() throws -> [[UInt8]] {
        let blocks = try [1, 7].map { try BlockCodec.encode(JournalSample.records(0..<$0)) }
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

    private static let egoPlans = [
        "time_s,x_m,y_m\n1.0,30,-2\n1.5,38.5,-2.1\n2,47,-2.5\n",
        "time_s, x_m, y_m, heading_rad\r\n-1,0,0,0\r\n1.2,22,-2,3.1\r\n\r\n9,1e2,-2,-3.1\r\n",
    ]

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
