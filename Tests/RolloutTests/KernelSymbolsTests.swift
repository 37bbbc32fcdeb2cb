import Foundation
import Testing

/// Folder of the build that this test belongs to.
private let buildFolder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

private func objects(of target: String) -> [URL] {
    let folder = buildFolder.appending(path: "\(target).build")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "o" }
}

private func output(of tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}

#if arch(x86_64)
    @Suite("Code built for newer CPUs stays in its kernel")
    struct KernelSymbolsTests {
        private static let nm = "/usr/bin/nm"

        /// A function that two object files share is kept once by the linker. Were one copy built for AVX-512,
        /// a CPU without it might be handed that copy.
        @Test(
            "the kernels' objects share no function with other modules",
            .enabled(if: FileManager.default.isExecutableFile(atPath: nm), "needs nm from binutils"),
            arguments: ["RolloutKernelX86V3", "RolloutKernelX86V4"])
        func noSharedFunctions(target: String) throws {
            let files = objects(of: target)
            try #require(!files.isEmpty, "no objects of \(target) under \(buildFolder.path)")
            for file in files {
                let shared = try output(of: Self.nm, [file.path]).split(separator: "\n").filter {
                    $0.contains(" W ") || $0.contains(" u ")
                }
                #expect(
                    shared.isEmpty,
                    "\(shared.prefix(3)); code that is built for testing (plain `swift test`) keeps such copies: use Ops/test")
            }
        }

        @Test(
            "the kernels call no allocator, no reference counting, no lock and no mathematics library",
            .enabled(if: FileManager.default.isExecutableFile(atPath: nm), "needs nm from binutils"),
            arguments: ["RolloutKernelX86V3", "RolloutKernelX86V4"])
        func nothingButArithmetic(target: String) throws {
            let files = objects(of: target)
            try #require(!files.isEmpty, "no objects of \(target) under \(buildFolder.path)")
            let forbidden = ["swift_", "malloc", "free", "pthread", "sin", "cos", "exp", "log", "pow", "fmaf", "sqrt"]
            for file in files {
                let calls = try output(of: Self.nm, ["-u", file.path]).split(separator: "\n").compactMap {
                    $0.split(separator: " ").last.map(String.init)
                }
                let found = calls.filter { call in forbidden.contains { call.hasPrefix($0) } }
                #expect(found.isEmpty)
            }
        }
    }
#endif
