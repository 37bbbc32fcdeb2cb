import Foundation

/// A fault that a test asks a worker for, through an environment variable that no help mentions: a crash, an
/// endless loop, or a wrong bit, at a place where a real one could be.
enum TestFault {
    /// The engine crashes at this scenario.
    case crash(UInt64)
    /// The engine never comes back from this scenario.
    case hang(UInt64)
    /// A bit of a weight is wrong, as after a fault of the memory.
    case flip

    static let requested: TestFault? = {
        let words = (ProcessInfo.processInfo.environment["LONGHAUL_TEST_FAULT"] ?? "").split(separator: ":")
        switch words.first {
        case "crash"?: return words.last.flatMap { UInt64($0) }.map { .crash($0) }
        case "hang"?: return words.last.flatMap { UInt64($0) }.map { .hang($0) }
        case "flip"?: return .flip
        default: return nil
        }
    }()

    /// Crashes or hangs if the scenario of the fault is among these.
    func strike(_ scenarios: Range<UInt64>) {
        switch self {
        case .crash(let scenario) where scenarios.contains(scenario):
            UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        case .hang(let scenario) where scenarios.contains(scenario):
            while true { Thread.sleep(forTimeInterval: 1) }
        default: break
        }
    }

    /// The weights as the engine gets to see them: a sign in the last tensor is wrong.
    func spoil(_ weights: [UInt8]) -> [UInt8] {
        guard case .flip = self, weights.count > 64 else { return weights }
        var spoiled = weights
        // Four-byte numbers, little-endian, to the end of the file: the sign is the last byte's highest bit.
        for index in stride(from: weights.count - 1, to: weights.count - 65, by: -4) { spoiled[index] ^= 0x80 }
        return spoiled
    }
}
