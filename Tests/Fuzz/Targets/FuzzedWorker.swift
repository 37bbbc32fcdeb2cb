import Farm
import Metrics
import RecordStore

/// A worker that a hostile coordinator answers: an input is a list of answers, silences and what engines do.
enum FuzzedWorker {
    private static let stepLimit = 64

    static func run(_ bytes: [UInt8]) {
        var profile = WorkerProfile(instance: 7, threads: 2)
        profile.giveUpAfterSeconds = 600
        profile.idleTimeoutSeconds = 300
        var machine = WorkerMachine(profile)
        var stream = ByteStream(bytes)
        var now = 0.0
        var running: [ShardLease] = []
        for _ in 0..<stepLimit {
            switch machine.next(now: now) {
            case .end: return
            case .ask(let request, _):
                require((try? FarmRequest(decoding: request.encoded())) == request, "an unreadable request")
                answer(&machine, &stream, now: now)
            case .wait(let until):
                require(until > now, "waits until \(until), at \(now)")
                work(&machine, &stream, &running, now: now)
                now = min(until, now + 1 + Double(stream.byte()))
            case .open:
                let count = Int(stream.byte())
                let files = count == 0 ? [] : [Download(.weights, hash: emptyHash, bytes: count - 1)]
                machine.opened(missing: files)
            case .keep: machine.kept()
            case .prepare: machine.prepared()
            }
            _ = machine.takeNews()
            if stream.isAtEnd { return }
        }
    }

    /// SHA-256 of nothing.
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static func answer(_ machine: inout WorkerMachine, _ stream: inout ByteStream, now: Double) {
        let operation = stream.byte()
        if operation & 0x80 != 0 { return machine.unanswered(now: now) }
        let message = WireFrame.seal(kind: 65 + UInt16(operation % 12), body: stream.text())
        do throws(WireError) {
            machine.answered(try FarmReply(decoding: message), now: now)
        } catch { machine.misunderstood(error) }
    }

    private static func work(
        _ machine: inout WorkerMachine, _ stream: inout ByteStream, _ running: inout [ShardLease], now: Double
    ) {
        switch stream.byte() % 5 {
        case 0:
            if let lease = machine.jobs.take() { running.append(lease) }
        case 1:
            guard let lease = running.last else { return }
            machine.jobs.count(RolloutRecord(), of: lease.key)
            machine.jobs.add([1, 2, 3], to: lease.key)
        case 2:
            guard let lease = running.popLast() else { return }
            let isWhole = !machine.jobs.isCancelled(lease.key)
            machine.jobs.finish(lease.key, digests: isWhole ? StepDigests(sums: [1]) : nil, wallSeconds: 1)
        case 3: machine.drain(now: now)
        default: break
        }
    }
}
