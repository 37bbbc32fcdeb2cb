import CZlib
import Foundation

/// Reads whole files, plain or gzip, of bounded size.
package enum DataFile {
    /// The most bytes that a recording may have, on disk and inflated.
    package static let sizeLimit = 256 << 20

    /// The file's bytes, inflated where they begin as gzip does.
    /// - Throws: `TrafficDataError.unreadable`, `.tooLarge`, `.damagedGzip`.
    package static func read(_ url: URL, limit: Int = sizeLimit) throws -> Data {
        let file = url.lastPathComponent
        let contents: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int
            guard let size, size <= limit else {
                throw TrafficDataError.tooLarge(file: file, limitBytes: limit)
            }
            contents = try Data(contentsOf: url)
        } catch let error as TrafficDataError {
            throw error
        } catch {
            throw TrafficDataError.unreadable(file: file, reason: error.localizedDescription)
        }
        return try inflated(contents, limit: limit, file: file)
    }

    /// `contents` itself unless it begins as gzip does.
    package static func inflated(_ contents: Data, limit: Int = sizeLimit, file: String) throws -> Data {
        guard contents.starts(with: [0x1f, 0x8b]) else { return contents }
        return try inflate(contents, limit: limit, file: file)
    }

    private static func inflate(_ compressed: Data, limit: Int, file: String) throws -> Data {
        var stream = z_stream()
        let gzipOnly: Int32 = 15 + 16
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, gzipOnly, ZLIB_VERSION, size) == Z_OK else {
            throw TrafficDataError.unreadable(file: file, reason: "zlib did not start")
        }
        defer { inflateEnd(&stream) }
        var output = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        try compressed.withUnsafeBytes { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(input.count)
            while true {
                let (status, produced) = chunk.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    return (CZlib.inflate(&stream, Z_NO_FLUSH), buffer.count - Int(stream.avail_out))
                }
                guard status == Z_OK || status == Z_STREAM_END else {
                    throw TrafficDataError.damagedGzip(file: file)
                }
                guard output.count + produced <= limit else {
                    throw TrafficDataError.tooLarge(file: file, limitBytes: limit)
                }
                output.append(contentsOf: chunk[..<produced])
                if status == Z_STREAM_END {
                    guard stream.avail_in > 0 else { return }
                    // A gzip file may hold several members, one after the other.
                    guard inflateReset(&stream) == Z_OK else {
                        throw TrafficDataError.damagedGzip(file: file)
                    }
                }
            }
        }
        return output
    }
}
