import Foundation
import FuzzTargets

// libFuzzer's entry points; its `main` comes with `-sanitize=fuzzer`. `Ops/fuzz` sets the environment:
//
//     LONGHAUL_FUZZ_TARGET   the decoder to fuzz, a `DecoderTarget`
//     LONGHAUL_FUZZ_SEEDS    write the honest inputs of every target into this folder, and end

private nonisolated(unsafe) var target = DecoderTarget.wireRequest

/// More processor time than this for one input counts as a hang, seconds.
private let longestSeconds = 1.0

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    let environment = ProcessInfo.processInfo.environment
    do {
        if let folder = environment["LONGHAUL_FUZZ_SEEDS"] { try writeSeeds(to: folder) }
    } catch {
        fail("the seeds: \(error)")
    }
    guard let wanted = environment["LONGHAUL_FUZZ_TARGET"].flatMap(DecoderTarget.init) else {
        fail("set LONGHAUL_FUZZ_TARGET to one of \(DecoderTarget.allCases.map(\.rawValue))")
    }
    target = wanted
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let began = processorSeconds()
    target.run(Array(UnsafeBufferPointer(start: data, count: size)))
    let took = processorSeconds() - began
    if took >= longestSeconds { fatalError("an input took \(took) s") }
    return 0
}

private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// A folder a target. Never returns.
private func writeSeeds(to folder: String) throws -> Never {
    for target in DecoderTarget.allCases {
        let place = URL(fileURLWithPath: folder).appendingPathComponent(target.rawValue)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for (number, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: place.appendingPathComponent("seed-\(number)"))
        }
        // The largest input that is worth trying; the script passes it on.
        let limit = Data("\(target.largestInput)\n".utf8)
        try limit.write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(target.rawValue).limit"))
    }
    exit(0)
}

private func fail(_ problem: String) -> Never {
    FileHandle.standardError.write(Data("fuzz: \(problem)\n".utf8))
    exit(64)
}
