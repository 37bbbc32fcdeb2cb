import Foundation

/// The right to write a folder's journal: an exclusive `flock` on `journal.lock`. The system gives it back
/// when the process ends, however it ends.
final class WriterLock: Sendable {
    private let descriptor: Int32

    init(folder: URL) throws(JournalError) {
        let path = folder.appendingPathComponent("journal.lock").path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .failed(
                path: path, problem: "can't open it for writing: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            if code == EWOULDBLOCK { throw .inUse(folder: folder.path, process: holder) }
            throw .failed(path: path, problem: "can't lock it: \(String(cString: strerror(code)))")
        }
        let process = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, process, process.count, 0)
    }

    deinit { close(descriptor) }

    /// The process number that the lock's holder wrote down.
    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "of unknown number" : String(decoding: digits, as: UTF8.self)
    }
}
