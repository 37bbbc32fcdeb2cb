import Dashboard
import Farm
import Foundation
import Metrics
import RecordStore
import Scenarios
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
    /// What a coordinator publishes.
    case snapshot
    /// A block as it comes, and as the content of a frame whose checksum is right.
    case block
    case campaignYAML = "campaign-yaml"
    case safetensors
    case commonRoad = "commonroad"
    case ngsim
    case i24
    /// A journal's database file.
    case journal
    /// What a terminal sends.
    case keys

    /// The most bytes of an input that are worth trying.
    public var largestInput: Int {
        switch self {
        case .journal: 96 << 10
        case .safetensors, .block: 8 << 10
        case .commonRoad, .i24, .ngsim: 4 << 10
        default: 2 << 10
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
        case .snapshot:
            guard let snapshot = try? JSONDecoder().decode(FarmSnapshot.self, from: Data(bytes)) else { return }
            Self.show(snapshot)
        case .block:
            Self.readBlock(bytes)
            let checksum = bytes.withUnsafeBytes { WordHash.of($0) }
            let content = bytes + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
            if let block = try? LZ4Frame.compress(content) { Self.readBlock(block) }
        case .campaignYAML:
            let yaml = String(decoding: bytes, as: UTF8.self)
            guard let campaign = try? CampaignFile.parse(yaml: yaml, file: "fuzz.yaml") else { return }
            let again = try? CampaignFile.parse(yaml: CampaignFile.yaml(of: campaign), file: "again.yaml")
            precondition(again == campaign, "a campaign reads back differently")
        case .safetensors:
            guard let file = try? SafetensorsFile(bytes: bytes) else { return }
            let again = (try? SafetensorsFile(bytes: file.encoded()))?.encoded()
            precondition(again == file.encoded(), "tensors read back differently")
            _ = try? WorldModel(safetensors: bytes)
        case .commonRoad: Self.use(try? [CommonRoadFile.read(Data(bytes), file: "fuzz.xml")])
        case .ngsim: Self.use(try? [NGSIMFile.read(Data(bytes), file: "fuzz.txt", source: .us101)])
        case .i24: Self.use(try? I24File.read(Data(bytes), file: "fuzz.json", fewestVehicles: 1))
        case .journal: JournalFile.shared.read(bytes)
        case .keys:
            var decoder = KeyDecoder()
            _ = decoder.keys(from: bytes)
            _ = decoder.pause()
        }
    }

    /// Two bytes for the kind of message, then its body.
    private static func framed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 2 else { return nil }
        return WireFrame.seal(
            kind: UInt16(bytes[0]) | UInt16(bytes[1]) << 8, body: Array(bytes.dropFirst(2)))
    }

    private static func readRequest(_ bytes: [UInt8]) {
        guard let request = try? FarmRequest(decoding: bytes) else { return }
        precondition((try? FarmRequest(decoding: request.encoded())) == request, "a request reads back differently")
    }

    private static func readReply(_ bytes: [UInt8]) {
        guard let reply = try? FarmReply(decoding: bytes) else { return }
        if case .welcome(let welcome) = reply { readCampaign(json: welcome.campaign) }
        let again = (try? FarmReply(decoding: reply.encoded()))?.encoded()
        precondition(again == reply.encoded(), "a reply reads back differently")
    }

    private static func readCampaign(json: [UInt8]) {
        guard let campaign = try? JSONDecoder().decode(Campaign.self, from: Data(json)) else { return }
        _ = try? CampaignFile.parse(yaml: CampaignFile.yaml(of: campaign), file: "received")
    }

    private static func readBlock(_ bytes: [UInt8]) {
        guard let records = try? BlockCodec.decode(bytes) else { return }
        let again = (try? BlockCodec.encode(records)).flatMap { try? BlockCodec.decode($0) }
        precondition(again == records, "records read back differently")
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
                precondition(controls.isEmpty, "a control character on the screen")
            }
        }
    }

    private static func use(_ recordings: [Recording]?) {
        for recording in recordings ?? [] { _ = try? RoadRecording(recording) }
    }
}

/// A result folder whose journal is replaced again and again.
private final class JournalFile: Sendable {
    static let shared = JournalFile()
    private let folder: URL

    init() {
        let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        folder = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appendingPathComponent("longhaul-fuzz-\(getpid())", isDirectory: true)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: JournalFile.shared.folder) }
    }

    func read(_ bytes: [UInt8]) {
        for name in ["journal.sqlite-wal", "journal.sqlite-shm"] {
            unlink(folder.appendingPathComponent(name).path)
        }
        guard let file = fopen(folder.appendingPathComponent("journal.sqlite").path, "wb") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        guard let journal = try? Journal.read(folder: folder) else { return }
        for shard in (try? journal.committedShards())?.prefix(4) ?? [] {
            _ = try? journal.records(shard: shard.shard)
            _ = try? journal.stepDigests(shard: shard.shard)
            _ = try? journal.fingerprint(shard: shard.shard)
        }
        _ = try? journal.totals()
        _ = try? journal.blockBytes()
        _ = try? journal.worst(5)
        _ = try? journal.events(5)
        _ = try? journal.activeSeconds()
    }
}
