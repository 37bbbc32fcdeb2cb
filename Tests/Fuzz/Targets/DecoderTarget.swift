import Dashboard
import Evaluation
import Farm
import Foundation
import Metrics
import RecordStore
import Scenarios
import StreetTraffic
import TerminalScreen
import TrafficData
import WorldModel

/// Every decoder of bytes from outside, ready to be thrown rubbish at: by the fuzzer (`Ops/fuzz`), which
/// follows the coverage, and by the tests, which repeat what it once found.
///
/// Throwing is fine and swallowed. Crashing, hanging and large allocations are not, and neither is a message
/// that reads back differently after it was written again.
public enum DecoderTarget: String, CaseIterable, Sendable {
    /// What a worker sends: as it comes, and with frame and checksum put right.
    case wireRequest = "wire-request"
    /// What a coordinator answers, likewise.
    case wireReply = "wire-reply"
    /// The campaign inside a welcome.
    case campaignJSON = "campaign-json"
    /// A coordinator and what several workers make it decide: requests that decode, in any order.
    case coordinator
    /// A worker and what a coordinator makes it decide.
    case worker
    /// What a coordinator publishes.
    case snapshot
    /// What a worker that crashed left behind on its machine.
    case flight
    /// A block as it comes, and as the content of a frame whose checksum is right.
    case block
    case lz4
    case campaignYAML = "campaign-yaml"
    /// Any tensors, and the freeway's world model.
    case safetensors
    /// The driver for streets.
    case streets
    case commonRoad = "commonroad"
    /// What an agent is to do instead of driving, and the course that comes of it.
    case egoPlan = "ego-plan"
    case ngsim
    case i24
    /// Inflating, which every importer begins with.
    case gzip
    /// A journal's database file.
    case journal
    /// A journal whose rows hold what no journal holds, up to reports and a coordinator that goes on with it.
    case journalValues = "journal-values"
    /// What a terminal sends.
    case keys

    /// The most bytes of an input that are worth trying.
    public var largestInput: Int {
        switch self {
        case .journal: 48 << 10
        case .safetensors: 12 << 10
        case .block, .lz4, .commonRoad, .i24, .streets: 2 << 10
        case .journalValues, .keys, .flight: 256
        case .coordinator, .worker: 512
        default: 1 << 10
        }
    }

    /// Decodes `bytes`, and uses what came of them.
    public func run(_ bytes: [UInt8]) {
        switch self {
        case .wireRequest:
            Self.readRequest(bytes)
            Self.framed(bytes).map(Self.readRequest)
        case .wireReply:
            Self.readReply(bytes)
            Self.framed(bytes).map(Self.readReply)
        case .campaignJSON: Self.readCampaign(json: bytes)
        case .coordinator: FuzzedCoordinator.run(bytes)
        case .worker: FuzzedWorker.run(bytes)
        case .flight:
            let death = WorkerDeath(flight: bytes)
            require((death?.scenarios.count ?? 1) > 0, "a death without scenarios")
        case .snapshot:
            guard let snapshot = try? JSONDecoder().decode(FarmSnapshot.self, from: Data(bytes)) else { return }
            Self.show(snapshot)
        case .block:
            Self.readBlock(bytes)
            let checksum = bytes.withUnsafeBytes { WordHash.of($0) }
            let content = bytes + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
            if let block = try? LZ4Frame.compress(content) { Self.readBlock(block) }
        case .lz4: _ = try? LZ4Frame.decompress(bytes, limit: 64 << 10)
        case .campaignYAML:
            let yaml = String(decoding: bytes, as: UTF8.self)
            guard let campaign = try? CampaignFile.parse(yaml: yaml, file: "fuzz.yaml") else { return }
            let again = try? CampaignFile.parse(yaml: CampaignFile.yaml(of: campaign), file: "again.yaml")
            require(again == campaign, "a campaign reads back differently: \(campaign), \(again as Any)")
        case .safetensors:
            guard let file = try? SafetensorsFile(bytes: bytes) else { return }
            let again = (try? SafetensorsFile(bytes: file.encoded()))?.encoded()
            require(again == file.encoded(), "tensors read back differently")
            _ = try? WorldModel(safetensors: bytes)
        case .streets:
            guard let driver = try? StreetDriver(safetensors: bytes) else { return }
            let again = try? StreetDriver(safetensors: driver.encoded())
            require(again?.encoded() == driver.encoded(), "a driver reads back differently")
        case .commonRoad: Self.use(try? [CommonRoadFile.read(Data(bytes), file: "fuzz.xml")], bytes)
        case .egoPlan:
            let text = String(decoding: bytes, as: UTF8.self)
            guard let plan = try? EgoPlan(agent: 1, csv: text, file: "fuzz.csv") else { return }
            let now = FuturePose(x: 10, y: -2, heading: 0.1, speed: 20)
            for start in [0, 1.1] {
                guard let course = try? plan.tracks(start: start, steps: 60, now: now) else { continue }
                let isSound = course.allSatisfy {
                    $0.x.magnitude < 1e8 && $0.y.magnitude < 1e8 && $0.heading.isFinite && $0.speed <= 2_000
                }
                require(course.count == 60 && isSound, "a course beyond all bounds")
            }
        case .ngsim: Self.use(try? [NGSIMFile.read(Data(bytes), file: "fuzz.txt", source: .us101)], bytes)
        case .i24: Self.use(try? I24File.read(Data(bytes), file: "fuzz.json", fewestVehicles: 1), bytes)
        case .gzip:
            let limit = 1 << 20
            guard let content = try? DataFile.inflated(Data(bytes), limit: limit, file: "fuzz.gz") else { return }
            require(content.count <= max(limit, bytes.count), "more was inflated than allowed")
        case .journal: JournalFile(bytes)?.use(chosenBy: Self.lot(bytes))
        case .journalValues:
            guard let sample = JournalSample.lax else { fatalError("no sample of a journal") }
            JournalFile(sample.file, changing: { try sample.apply(bytes, to: $0) })?.use(chosenBy: Self.lot(bytes))
        case .keys:
            var decoder = KeyDecoder()
            _ = decoder.keys(from: bytes)
            _ = decoder.pause()
        }
    }

    /// Chooses between uses of an input, so that the slow ones are rare and no mutation makes them frequent.
    private static func lot(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { WordHash.of($0) } }

    /// Two bytes for the kind of message, then its body.
    private static func framed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 2 else { return nil }
        return WireFrame.seal(
            kind: UInt16(bytes[0]) | UInt16(bytes[1]) << 8, body: Array(bytes.dropFirst(2)))
    }

    private static func readRequest(_ bytes: [UInt8]) {
        guard let request = try? FarmRequest(decoding: bytes) else { return }
        require((try? FarmRequest(decoding: request.encoded())) == request, "a request reads back differently")
    }

    private static func readReply(_ bytes: [UInt8]) {
        guard let reply = try? FarmReply(decoding: bytes) else { return }
        if case .welcome(let welcome) = reply { readCampaign(json: welcome.campaign) }
        let again = (try? FarmReply(decoding: reply.encoded()))?.encoded()
        require(again == reply.encoded(), "a reply reads back differently")
    }

    private static func readCampaign(json: [UInt8]) {
        guard let campaign = try? JSONDecoder().decode(Campaign.self, from: Data(json)),
            (try? CampaignFile.check(campaign, source: "welcome")) != nil
        else { return }
        require(campaign.horizonSeconds <= 600 && campaign.shardSize <= 4096, "a campaign out of bounds")
    }

    private static func readBlock(_ bytes: [UInt8]) {
        guard let records = try? BlockCodec.decode(bytes) else { return }
        let again = (try? BlockCodec.encode(records)).flatMap { try? BlockCodec.decode($0) }
        require(again == records, "records read back differently")
    }

    /// On a full screen and a small one; nothing of it may command the terminal.
    private static func show(_ snapshot: FarmSnapshot) {
        for (width, height) in [(120, 40), (40, 10)] {
            var model = DashboardModel(width: width, height: height)
            for second in 0..<3 { _ = model.apply(.snapshot(snapshot, at: Double(second))) }
            for overlay in ["a", "e", "?"] {
                _ = model.apply(.key(.character(Character(overlay))))
                let frame = DashboardView.frame(model, width: width, height: height)
                let controls = frame.cells.filter { $0.scalar.properties.generalCategory == .control }
                require(controls.isEmpty, "a control character on the screen")
            }
        }
    }

    /// One input in eight, since roads are built much more slowly than files are read.
    private static func use(_ recordings: [Recording]?, _ bytes: [UInt8]) {
        guard lot(bytes) % 8 == 0 else { return }
        for recording in recordings ?? [] { _ = try? RoadRecording(recording) }
    }
}
