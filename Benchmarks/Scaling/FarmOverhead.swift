import Foundation

/// The same scenarios in a bare loop and through the whole farm (coordinator, two worker processes, nng,
/// LZ4, journal), in turn, start-up and report included on the farm's side.
struct FarmOverhead {
    let longhaul: String
    let scenarios: Int

    func measure() throws {
        var ratios: [Double] = []
        for round in 1...3 {
            let bare = try Loop(threads: 2).seconds(scenarios: scenarios)
            let farm = try farmSeconds()
            ratios.append(farm / bare)
            print("round \(round): bare \(format(bare)) s, farm \(format(farm)) s")
        }
        print("farm over bare loop: \(format(ratios.sorted()[1])) (median of 3)")
    }

    private func farmSeconds() throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appending(path: "longhaul-overhead-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: longhaul)
        process.arguments = ["run", "--scenarios", "\(scenarios)", "--workers", "2", "--output", folder.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let clock = ContinuousClock()
        let start = clock.now
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return (clock.now - start) / .seconds(1)
    }
}
