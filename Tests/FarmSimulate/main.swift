import FarmSimulator
import Foundation

// Runs the farm's simulation for as long as one likes: Ops/simulate --help
var first: UInt64 = 0
var seconds = 60.0
var only: UInt64?
var defect: Defect?
var arguments = CommandLine.arguments.dropFirst()
let usage = """
    usage: Ops/simulate [--seconds S] [--first SEED] [--seed SEED] [--defect NAME]
      --seconds  how long to go on with one seed after the other (default 60)
      --first    where to begin (default 0)
      --seed     one seed only, with a trace of all that happens
      --defect   with a deliberate mistake: \(Defect.allCases.map(\.rawValue).joined(separator: ", "))
    """

@MainActor func value() -> String {
    guard let word = arguments.popFirst() else { leave(usage) }
    return word
}

func leave(_ text: String) -> Never {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(64)
}

while let option = arguments.popFirst() {
    switch option {
    case "--seconds": seconds = Double(value()) ?? seconds
    case "--first": first = UInt64(value()) ?? first
    case "--seed": only = UInt64(value())
    case "--defect": defect = Defect(rawValue: value())
    default: leave(usage)
    }
}

@MainActor func simulate(_ seed: UInt64, trace: Bool) -> (simulation: FarmSimulation, problem: (any Error)?) {
    let simulation = FarmSimulation(seed: seed, defect: defect)
    if trace { simulation.trace = { print($0) } }
    do { try simulation.run() } catch { return (simulation, error) }
    return (simulation, nil)
}

if let only {
    let (_, problem) = simulate(only, trace: true)
    print(problem.map { "\($0)" } ?? "seed \(only): all that has to hold holds")
    exit(problem == nil ? 0 : 1)
}

let end = ContinuousClock.now + .seconds(seconds)
var seed = first, failures = 0, steps = 0, simulated = 0.0
var faults: [Fault: Int] = [:]
while ContinuousClock.now < end {
    let (simulation, problem) = simulate(seed, trace: false)
    if let problem {
        failures += 1
        print("\(problem)\n  again, with a trace: Ops/simulate --seed \(seed)")
    }
    steps += simulation.steps
    simulated += simulation.now
    faults.merge(simulation.faults, uniquingKeysWith: +)
    seed += 1
}
let struck = faults.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
print("\(seed - first) seeds, \(steps) steps, \(Int(simulated / 3600)) simulated hours, \(failures) failures")
print("faults: \(struck.joined(separator: ", "))")
exit(failures == 0 ? 0 : 1)
