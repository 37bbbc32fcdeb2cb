import ArgumentParser
import Foundation
import RecordStore
import Rollout

/// `Micro`: what each piece of a rollout costs.
@main
struct Micro: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Micro",
        abstract: "Measure the pieces of a rollout one by one.",
        discussion: """
            Without a name: the time of each piece, the best of many short runs, and how well each column of a \
            block is compressed. With a name and --calls: exactly so many calls and nothing else, for \
            counting instructions (see `Benchmarks/instructions`).
            """)

    @Argument(help: "One piece: random, neighbours, features, decisions, policy, integration, collisions, ...")
    var name: String?

    @Option(help: "Calls to make, instead of measuring time.")
    var calls: Int?

    @Flag(help: "Use the AVX2 build of the kernels even where there is AVX-512.")
    var narrow = false

    func run() throws {
        let isWide = KernelClass.best == .x86v4 && !narrow
        let operations = try MicroOperation.all(isWide: isWide).filter { name == nil || $0.name == name }
        guard !operations.isEmpty else { throw ValidationError("there is no piece called \(name ?? "")") }
        if let calls {
            guard let operation = operations.first, name != nil else { throw ValidationError("--calls needs a name") }
            let call = try operation.prepare()
            for _ in 0..<calls { call() }
            print("\(operation.count) \(operation.unit) a call")
            return
        }
        print("| piece | nanoseconds | of |\n|---|---|---|")
        for operation in operations {
            let nanoseconds = try Self.best(operation) / Double(operation.count)
            print(String(format: "| %@ | %.1f | %@ |", operation.name, nanoseconds, operation.unit))
        }
        if name == nil { try printColumns() }
    }

    /// Nanoseconds of a call: the best of runs over a third of a second.
    private static func best(_ operation: MicroOperation) throws -> Double {
        let call = try operation.prepare()
        call()
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(350)
        var best = Double.infinity
        repeat {
            let start = clock.now
            for _ in 0..<4 { call() }
            best = min(best, (clock.now - start) / .nanoseconds(1) / 4)
        } while clock.now < end
        return best
    }

    /// Each column of a block: its filter, its size, and how fast it is filtered and compressed.
    private func printColumns() throws {
        let records = try RealRecords.make(4096)
        let clock = ContinuousClock()
        print("\n| column of 4,096 records | filter | bytes a record | ratio | MB/s |\n|---|---|---|---|---|")
        for name in BlockCodec.columnNames {
            var best = Double.infinity
            var size = try BlockCodec.size(ofColumn: name, records)
            for _ in 0..<5 {
                let start = clock.now
                size = try BlockCodec.size(ofColumn: name, records)
                best = min(best, (clock.now - start) / .seconds(1))
            }
            print(
                String(
                    format: "| %@ | %@ | %.2f of %d | %.1f | %.0f |", name, size.filter,
                    Double(size.compressed) / 4096, size.raw / 4096, Double(size.raw) / Double(max(1, size.compressed)),
                    Double(size.raw) / best / 1e6))
        }
    }
}
