import Foundation
import StreetTraffic
import WorldModel

/// A world model together with the bytes it came from: workers fetch the bytes by their hash.
struct Weights {
    var bytes: [UInt8]
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    var hash: String
    var model: WorldModel

    /// - Parameter name: `shipped`, or the path of a weights file.
    init(named name: String) throws {
        let bytes = try failing(.usage) {
            try name == "shipped" ? WorldModel.shippedBytes() : Self.read(name)
        }
        do { model = try WorldModel(safetensors: bytes) } catch {
            throw CommandFailure(.usage, "weights '\(name)': \(error)")
        }
        self.bytes = bytes
        hash = ContentHash.sha256(bytes)
    }

    fileprivate static func read(_ path: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(
                .usage, "cannot read the weights file \(path): \(String(cString: strerror(errno))); "
                    + "check the campaign's 'world-model', or write 'shipped'")
        }
        defer { try? file.close() }
        return [UInt8](try file.read(upToCount: SafetensorsFile.maximumFileBytes + 1) ?? Data())
    }
}

extension StreetDriver {
    /// - Parameter name: `shipped`, or the path of a weights file.
    init(named name: String) throws {
        self = try failing(.usage) {
            try name == "shipped" ? .shipped() : StreetDriver(safetensors: Weights.read(name))
        }
    }
}
