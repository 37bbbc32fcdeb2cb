import Foundation
import FuzzTargets
import Testing

/// What the fuzzer found once stays found: every input in `Tests/Fuzz/Found/TARGET`, the fewest inputs that reach
/// whatever it ever reached (`Tests/Fuzz/Corpus`), every honest input, and thousands of slightly damaged ones go
/// through each decoder. None may crash.
@Suite struct DecoderTests {
    static let fuzz = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz")

    @Test(arguments: DecoderTarget.allCases)
    func inputsThatOnceDidHarmDoNone(_ target: DecoderTarget) throws {
        let folder = Self.fuzz.appendingPathComponent("Found/\(target.rawValue)")
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? [] {
            print("fuzz: \(target.rawValue)/\(name)")
            target.run(Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }

    @Test(arguments: DecoderTarget.allCases)
    func inputsThatReachEverywhereDoNoHarm(_ target: DecoderTarget) throws {
        let archive = Self.fuzz.appendingPathComponent("Corpus/\(target.rawValue).tar.gz")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("longhaul-corpus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", archive.path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0, "\(archive.path)")
        let inputs = folder.appendingPathComponent(target.rawValue)
        let names = try FileManager.default.contentsOfDirectory(atPath: inputs.path)
        #expect(!names.isEmpty)
        for name in names { target.run(Array(try Data(contentsOf: inputs.appendingPathComponent(name)))) }
    }

    @Test(arguments: DecoderTarget.allCases)
    func damagedInputsDoNoHarm(_ target: DecoderTarget) throws {
        var random = SplitMix(state: 7)
        let seeds = try target.seeds()
        let rounds = [.journal, .journalValues].contains(target) ? 300 : 3_000
        for seed in seeds { target.run(seed) }
        for round in 0..<rounds {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 2: bytes.removeSubrange(place...)
                default: bytes.insert(contentsOf: [0xff, 0xff, 0xff, 0x7f], at: place)
                }
            }
            target.run(bytes)
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
