import ArgumentParser
import Foundation

/// `longhaul-capacity`: how much one coordinator on one core takes in, durably, from how many workers.
@main
struct LonghaulCapacity: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "longhaul-capacity",
        abstract: "Measure how many records a second one coordinator on one core commits.",
        discussion: """
            Starts `longhaul coordinator` on one core and, from another, plays thousands of workers over TCP \
            connections of their own: they say hello, lease shards, send heartbeats, blocks and commits as \
            `longhaul worker` does; only the rollouts are missing. Blocks are made before the clock starts. \
            At the end the journal is opened and compared with what was acknowledged.

            Example:
              longhaul-capacity --longhaul ../.build/release/longhaul --workers 2000 --rate 1000000
            """)

    @Option(help: "The program whose coordinator is measured.")
    var longhaul = "../.build/release/longhaul"
    @Option(help: "Workers to attach.")
    var workers = 2_000
    @Option(help: "Records a second that all workers together make; 0: as many as the coordinator takes.")
    var rate = 0.0
    @Option(help: "Scenarios a shard, 1 to 4096.")
    var shardSize = 4_096
    @Option(help: "Records a block, 1 to 4096.")
    var recordsPerBlock = 4_096
    @Option(help: "Seconds that are measured.")
    var seconds = 10.0
    @Option(help: "Seconds before them.")
    var warmUp = 2.0
    @Option(help: "Records a second that blocks are made for beforehand; work ends early where it is more.")
    var stock = 1_500_000.0
    @Option(help: "Core of the coordinator.")
    var coordinatorCore = 0
    @Option(help: "Core of the workers.")
    var workerCore = 1
    @Option(help: "Result folder, deleted afterwards; on the disk that is to be measured.")
    var folder = FileManager.default.temporaryDirectory.appending(path: "longhaul-capacity").path
    @Flag(help: "Print JSON only.")
    var json = false

    func validate() throws {
        guard (1...4_096).contains(workers), (1...4_096).contains(shardSize),
            (1...4_096).contains(recordsPerBlock), seconds > 0, warmUp >= 0, stock > 0
        else { throw ValidationError("1 to 4096 workers, scenarios a shard and records a block, please") }
    }

    func run() throws {
        let records = stock * (seconds + warmUp)
        let shards = max(workers, Int(records) / shardSize)
        note("making \(shards) shards of \(shardSize) records")
        let stock = try ShardStock(shards: shards, shardSize: shardSize, recordsPerBlock: recordsPerBlock)
        let coordinator = try CoordinatorProcess(
            executable: longhaul, core: coordinatorCore, folder: folder, shards: shards, shardSize: shardSize)
        defer { coordinator.end() }
        try pin(toCore: workerCore)
        let generator = try LoadGenerator(
            port: coordinator.port, build: CoordinatorProcess.release(of: longhaul), workers: workers, stock: stock,
            recordsPerSecond: rate)
        note("attaching \(workers) workers")
        try generator.attach()
        note("measuring for \(seconds) s")
        var report = try generator.measure(warmUp: warmUp, seconds: seconds, coordinator: coordinator)
        coordinator.end()
        guard report.shardsPerSecond > 0 else {
            throw CapacityError.coordinator("took all of the stock before the measurement")
        }
        try report.compare(withJournalIn: folder, acknowledged: generator.acknowledged, stock: stock)
        print(try json ? report.json() : report.table() + "\n" + report.json())
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func note(_ text: String) {
        FileHandle.standardError.write(Data("longhaul-capacity: \(text)\n".utf8))
    }

    /// All threads of this process.
    private func pin(toCore core: Int) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["taskset", "-acp", "\(core)", "\(getpid())"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }
}

/// Why a measurement could not be made.
enum CapacityError: Error, CustomStringConvertible {
    case coordinator(String)
    case connection(String)
    case unexpectedAnswer(String)
    case journal(String)

    var description: String {
        switch self {
        case .coordinator(let problem): "the coordinator \(problem)"
        case .connection(let problem): "a worker's connection failed: \(problem)"
        case .unexpectedAnswer(let answer): "a worker got an answer that doesn't belong there: \(answer)"
        case .journal(let problem): "the journal and the acknowledgements disagree: \(problem)"
        }
    }
}
