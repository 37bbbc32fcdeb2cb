import Foundation

/// A file that is written from front to back through a buffer. The first error is kept and thrown later.
final class OutputFile {
    private let path: String
    private let file: FileHandle
    private var buffer = Data()
    private var failure: (any Error)?
    /// Bytes appended so far.
    private(set) var count = 0
    private static let bufferBytes = 1 << 16

    /// Creates the file, or replaces it.
    ///
    /// - Throws: `ReplayError.cannotWrite`.
    init(path: String) throws {
        self.path = path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw ReplayError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        self.file = file
        buffer.reserveCapacity(2 * Self.bufferBytes)
    }

    func append(_ bytes: some Sequence<UInt8>) {
        let before = buffer.count
        buffer.append(contentsOf: bytes)
        count += buffer.count - before
        if buffer.count >= Self.bufferBytes { flush() }
    }

    /// - Throws: `ReplayError.cannotWrite` if a write has failed.
    func check() throws {
        guard let failure else { return }
        throw ReplayError.cannotWrite(path: path, reason: failure.localizedDescription)
    }

    /// Writes what is left and closes the file.
    ///
    /// - Throws: `ReplayError.cannotWrite` for the first write that failed, now or earlier.
    func close() throws {
        flush()
        do { try file.close() } catch { failure = failure ?? error }
        try check()
    }

    private func flush() {
        guard failure == nil else { return buffer.removeAll(keepingCapacity: true) }
        do { try file.write(contentsOf: buffer) } catch { failure = error }
        buffer.removeAll(keepingCapacity: true)
    }
}
