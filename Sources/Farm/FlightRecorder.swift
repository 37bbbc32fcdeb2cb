import Foundation

/// What a worker's process was doing when it died, for the next one on the same machine: a small file, mapped
/// into memory, so that it outlives the process without a single system call while rollouts run. A lock on
/// the file tells whether its process lives; the system takes it away with the process.
///
/// A handler for the signals of a crash writes down which engine thread crashed. It touches that memory and
/// nothing else, and the process then dies as it would have without it.
///
///     magic u64 · instance u64 · signal u64 · thread u64 (0: none, else 1 + its index) · threads u64
///     a thread: pthread u64 · busy u64 · shard u64 · generation u64 · first scenario u64 · scenarios u64
final class FlightRecorder: @unchecked Sendable {
    fileprivate static let magic: UInt64 = 0x3145_4c46_4c48_464c
    fileprivate static let headWords = 5
    fileprivate static let threadWords = 6
    fileprivate static let threadLimit = 4_096
    /// So many earlier processes are told of at once.
    private static let deathLimit = WireLimit.deaths

    private let path: String
    private let descriptor: Int32
    private let words: UnsafeMutablePointer<UInt64>
    private let count: Int
    /// What was found of processes that died, and their files, locked by this one.
    let deaths: [WorkerDeath]
    private let found: [(path: String, descriptor: Int32)]

    /// Nil where no such file can be made: a worker works without, and its death stays unexplained.
    init?(folder: URL, instance: UInt64, threads: Int) {
        guard (1...Self.threadLimit).contains(threads),
            (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil
        else { return nil }
        path = folder.appendingPathComponent("\(instance)").path
        count = Self.headWords + threads * Self.threadWords
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        let size = count * 8
        let memory =
            flock(descriptor, LOCK_EX | LOCK_NB) == 0 && posix_fallocate(descriptor, 0, size) == 0
            ? mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0) : MAP_FAILED
        guard let memory, memory != MAP_FAILED else {
            unlink(path)
            Foundation.close(descriptor)
            return nil
        }
        words = memory.bindMemory(to: UInt64.self, capacity: count)
        (words[0], words[1], words[4]) = (Self.magic, instance, UInt64(threads))
        (deaths, found) = Self.collect(folder, except: path)
        recordedWords = words
        recordedThreads = threads
        Self.handleCrashes()
    }

    // MARK: Engine threads

    /// Called by an engine thread when it begins.
    func takeOff(_ thread: Int) {
        // A crash by stack overflow needs another stack to be handled on.
        let bytes = 64 << 10
        var stack = stack_t()
        stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        stack.ss_size = bytes
        sigaltstack(&stack, nil)
        slot(thread)[0] = currentThread()
    }

    func begin(_ lease: ShardLease, thread: Int) {
        let slot = slot(thread)
        slot[2] = UInt64(lease.key.shard)
        slot[3] = lease.key.generation
        slot[4] = lease.firstScenario
        slot[5] = UInt64(lease.scenarioCount)
        slot[1] = 1
    }

    func end(thread: Int) { slot(thread)[1] = 0 }

    private func slot(_ thread: Int) -> UnsafeMutablePointer<UInt64> {
        words + Self.headWords + thread * Self.threadWords
    }

    // MARK: Files

    /// The coordinator knows.
    func forgetDeaths() { for (path, _) in found { unlink(path) } }

    /// This process ends in good order.
    func close() { unlink(path) }

    /// What processes left behind that no longer run.
    private static func collect(
        _ folder: URL, except own: String
    ) -> (deaths: [WorkerDeath], files: [(path: String, descriptor: Int32)]) {
        var deaths: [WorkerDeath] = []
        var files: [(path: String, descriptor: Int32)] = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() where UInt64(name) != nil && deaths.count < deathLimit {
            let path = folder.appendingPathComponent(name).path
            if path == own { continue }
            let descriptor = open(path, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                Foundation.close(descriptor)
                continue
            }
            files.append((path, descriptor))
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            if let death = WorkerDeath(flight: [UInt8](data)) { deaths.append(death) }
        }
        return (deaths, files)
    }

    private static func handleCrashes() {
        var action = sigaction()
        action.sa_flags = Int32(bitPattern: UInt32(SA_ONSTACK) | UInt32(SA_RESETHAND) | UInt32(SA_NODEFER))
        action.__sigaction_handler.sa_handler = { signal in
            if let words = recordedWords {
                let own = currentThread()
                for thread in 0..<recordedThreads where words[5 + thread * 6] == own {
                    words[3] = UInt64(1 + thread)
                    words[2] = UInt64(signal)
                }
            }
            raise(signal)
        }
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigaction(signal, &action, nil) }
    }
}

extension WorkerDeath {
    /// What a flight recorder's file tells of its process; nil where it is no such file.
    package init?(flight file: [UInt8]) {
        typealias Layout = FlightRecorder
        guard file.count >= Layout.headWords * 8,
            file.count <= (Layout.headWords + Layout.threadLimit * Layout.threadWords) * 8
        else { return nil }
        var reader = ByteReader(file)
        let words = (0..<file.count / 8).compactMap { _ in try? reader.integer(UInt64.self) }
        guard words[0] == Layout.magic else { return nil }
        self.init(instance: words[1], cause: .killed)
        guard words[2] > 0, (1...UInt64(Layout.threadLimit)).contains(words[3]) else { return }
        let at = Layout.headWords + Int(words[3] - 1) * Layout.threadWords
        guard words.indices.contains(at + 5), words[at + 1] == 1, words[at + 2] < 1 << 40, words[at + 4] < 1 << 60,
            (1...1 << 20).contains(words[at + 5])
        else { return }
        cause = .crashed
        signal = UInt8(truncatingIfNeeded: words[2])
        lease = LeaseKey(shard: Int(words[at + 2]), generation: words[at + 3])
        scenarios = words[at + 4]..<words[at + 4] + words[at + 5]
    }
}

private func currentThread() -> UInt64 { UInt64(pthread_self()) }

// What the signal handler touches: plain words, set before the handler is installed.
private nonisolated(unsafe) var recordedWords: UnsafeMutablePointer<UInt64>?
private nonisolated(unsafe) var recordedThreads = 0
