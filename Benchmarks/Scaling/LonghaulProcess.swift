import Foundation

/// One `longhaul run` from its start to its end: what it took.
struct LonghaulProcess {
    var wallSeconds = 0.0
    /// Of coordinator and workers together.
    var cpuSeconds = 0.0

    init(_ longhaul: String, scenarios: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "longhaul-scaling-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: longhaul)
        process.arguments = ["run", "--scenarios", "\(scenarios)", "--workers", "2", "--output", folder.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let start = ContinuousClock.now, before = Self.childrenSeconds()
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        wallSeconds = (ContinuousClock.now - start) / .seconds(1)
        cpuSeconds = Self.childrenSeconds() - before
    }

    private static func childrenSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
