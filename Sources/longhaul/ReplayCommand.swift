import ArgumentParser
import Foundation
import Metrics
import PolicyHost
import RecordStore
import Replay
import Rollout
import Scenarios

/// `longhaul replay`: the same bits again.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Roll out a shard again, without coordinator or network, and compare every state.",
        discussion: """
            With a result folder: rolls out one of its shards again on this machine and compares the \
            digests over all states, and every metric, with those in the journal. Prints "bit-identical", \
            or names the first scenario and step that differ.

            With a campaign file: nothing else is needed, because seed and shard number determine every \
            state. Prints the digests; there is nothing to compare with.

            Exit codes: 0 bit-identical, 1 different, 64 wrong input, 130 interrupted.

            Examples:
              longhaul replay longhaul-output/default-1-1 --shard 3
              longhaul replay results/night-1 --shard 812 --scenario 51990 --every-state states.csv
              longhaul replay campaign.yaml --shard 812 --seed 7
            """)

    @Argument(help: "A result folder, or a campaign file.")
    var source: String

    @Option(help: ArgumentHelp("The shard's number, from 0.", valueName: "K"))
    var shard: Int

    @Option(help: ArgumentHelp("Only this scenario of the shard.", valueName: "I"))
    var scenario: UInt64?

    @Option(help: ArgumentHelp("Write every state of every agent to this CSV file.", valueName: "FILE.csv"))
    var everyState: String?

    @Option(help: ArgumentHelp("With a campaign file: another seed than the file's.", valueName: "N"))
    var seed: UInt64?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
        let interruption = Interruption()
        let input = try ReplayInput(source: source, seed: seed, shard: shard)
        let scenarios = try failing(.usage) { try chosenScenarios(of: input) }
        var replay = ShardReplay(campaign: input.campaign, worldModel: input.weights.model)
        replay.program = input.policy?.program
        replay.onPolicyFault = { standardError("replay: \($0)") }
        let table = try everyState.map { path in try failing(.usage) { try StateTable(path: path) } }

        let progress = ProgressLine()
        let result = try rolled {
            try replay.roll(
                scenarios, stateTable: table, isCancelled: { interruption.isRequested }
            ) { done in
                progress.update("shard \(shard): \(done) of \(scenarios.count) scenarios")
            }
        }
        let verdict = try rolled {
            try input.recorded.map { recorded in
                try replay.verdict(
                    on: result, scenarios: scenarios, of: input.scenarios, against: recorded,
                    isCancelled: { interruption.isRequested })
            }
        }
        progress.finish()
        try failing(.temporary) { try table?.close() }

        let findings = ReplayFindings(
            input: input, shard: shard, result: result, verdict: verdict, table: table)
        if json { try printJSON(findings) } else { findings.printText() }
        if case .different = verdict { throw ExitStatus.found.exitCode }
    }

    private func chosenScenarios(of input: ReplayInput) throws -> Range<UInt64> {
        guard let scenario else { return input.scenarios }
        guard input.scenarios.contains(scenario) else {
            throw ReplayError.scenarioOutsideShard(
                scenario: scenario, shard: shard, scenarios: input.scenarios)
        }
        return scenario..<(scenario + 1)
    }

    private func rolled<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch ReplayError.interrupted {
            throw CommandFailure(.interrupted, "\(ReplayError.interrupted)")
        } catch let failure as PolicyHostError {
            throw CommandFailure(.usage, "\(failure)")
        } catch let failure as RolloutEngine.Failure {
            throw CommandFailure(.usage, "\(failure)")
        }
    }
}

/// What `replay` prints.
struct ReplayFindings: Encodable {
    struct Rollout: Encodable {
        var scenario: UInt64
        var family: String
        var outcome: String
        var egoMeters: Float
        var simulatedSeconds: Float
        var digest: String
    }

    var source: String
    var shard: Int
    /// `bit-identical`, `different`, or `nothing to compare with`.
    var verdict: String
    var difference: String?
    var firstScenario: UInt64?
    var firstStep: Int?
    var scenarios: [Rollout]
    var stateRows: Int?
    var stateFile: String?

    init(
        input: ReplayInput, shard: Int, result: ShardResult, verdict: ReplayVerdict?, table: StateTable?
    ) {
        source = input.source
        self.shard = shard
        switch verdict {
        case .bitIdentical: self.verdict = "bit-identical"
        case .different(let found):
            self.verdict = "different"
            difference = "\(found)"
            firstScenario = found.scenario
            firstStep = found.step
        case nil: self.verdict = "nothing to compare with"
        }
        scenarios = result.records.map {
            Rollout(
                scenario: $0.scenario, family: $0.family.name, outcome: $0.outcome.name,
                egoMeters: $0.egoMeters, simulatedSeconds: $0.simulatedSeconds,
                digest: hexadecimal($0.digest))
        }
        stateRows = table?.rows
        stateFile = table?.path
    }

    func printText() {
        let showsEach = verdict != "bit-identical" || scenarios.count <= 4
        for rollout in scenarios where showsEach {
            let name = "scenario \(rollout.scenario)"
            print(
                "\(name)  digest \(rollout.digest)  \(rollout.family), \(rollout.outcome) after "
                    + String(format: "%.1f s, %.0f m", rollout.simulatedSeconds, rollout.egoMeters))
        }
        if let stateFile, let stateRows { print("\(stateRows) states written to \(stateFile)") }
        let what = scenarios.count == 1 ? "1 scenario" : "\(scenarios.count) scenarios"
        switch (verdict, difference) {
        case (_, let difference?): print("DIFFERENT: shard \(shard): \(difference)")
        case ("bit-identical", nil): print("bit-identical: \(what) of shard \(shard), every state and metric")
        default: print("rolled out \(what) of shard \(shard) from the seed alone; nothing to compare with")
        }
    }
}
