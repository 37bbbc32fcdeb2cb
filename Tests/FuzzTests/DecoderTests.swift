import Foundation
import FuzzTargets
import Testing

/// What the fuzzer found once stays found: every input in `Tests/Fuzz/Found/TARGET`, every honest input, and
/// thousands of slightly damaged ones go through each decoder. None may crash.
@Suite struct DecoderTests {
    static let found = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz/Found")

    @Test(arguments: DecoderTarget.allCases)
    func inputsThatOnceDidHarmDoNone(_ target: DecoderTarget) throws {
        let folder = Self.found.appendingPathComponent(target.rawValue)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? [] {
            print("fuzz: \(target.rawValue)/\(name)")
            target.run(Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
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
