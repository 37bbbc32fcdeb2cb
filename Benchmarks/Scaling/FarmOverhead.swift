/// The same scenarios in a bare loop and through the whole farm (coordinator, two worker processes, nng,
/// LZ4, journal), in turn, start-up and report included on the farm's side.
struct FarmOverhead {
    let longhaul: String
    let scenarios: Int

    func measure() throws {
        var walls: [Double] = [], cpus: [Double] = []
        for round in 1...3 {
            let bare = try Loop(threads: 2).figures(scenarios: scenarios)
            let farm = try LonghaulProcess(longhaul, scenarios: scenarios)
            walls.append(farm.wallSeconds / bare.wallSeconds)
            cpus.append(farm.cpuSeconds / bare.cpuSeconds)
            print(
                "round \(round): wall \(format(bare.wallSeconds)) s bare, \(format(farm.wallSeconds)) s farm; CPU "
                    + "\(format(bare.cpuSeconds)) s bare, \(format(farm.cpuSeconds)) s farm")
        }
        print("farm over bare loop: \(Scaling.spread(walls.sorted()))")
        print("farm over bare loop, CPU time: \(Scaling.spread(cpus.sorted()))")
    }
}
