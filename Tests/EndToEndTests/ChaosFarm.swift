import Farm
import Foundation

/// A farm of real processes with everything that goes wrong: a coordinator in one network namespace, workers
/// there and in another one, the result folder on a small file system of its own.
final class ChaosFarm {
    enum Fault: String, CaseIterable {
        case workerKilled, coordinatorKilled, workerStopped, workerLeaves, workerJoins, linkDown, diskFull
    }

    private struct Member {
        var name: String
        var isFar: Bool
        var process: RunningProcess?
    }

    private let farm: TestFarm
    private let hosts: NetworkNamespaces?
    private let hasOwnDisk: Bool
    private var random: SplitMix
    private var coordinator: RunningProcess
    private var members: [Member] = []
    private var named = 0
    private let began = ContinuousClock.now
    private(set) var counts: [Fault: Int] = [:]
    /// Exit codes of workers that were asked to leave.
    private(set) var leavers: [Int32] = []

    var output: String { farm.output }
    /// What can be done here: cutting links and filling disks needs rights.
    var permitted: [Fault] {
        Fault.allCases.filter { ($0 != .linkDown || hosts != nil) && ($0 != .diskFull || hasOwnDisk) }
    }

    init(campaign: String, seed: UInt64) throws {
        farm = try TestFarm(campaign: campaign)
        random = SplitMix(seed: seed)
        hosts = NetworkNamespaces.arePermitted ? try NetworkNamespaces() : nil
        try FileManager.default.createDirectory(atPath: farm.output, withIntermediateDirectories: true)
        let mount = try RunningProcess(["mount", "-t", "tmpfs", "-o", "size=256m", "longhaul", farm.output])
        hasOwnDisk = try mount.result(within: 10).status == 0
        coordinator = try Self.start(farm, hosts)
        for _ in 0..<3 { try join() }
    }

    deinit {
        for member in members { member.process?.signal(SIGKILL) }
        coordinator.signal(SIGKILL)
        if hasOwnDisk { _ = try? RunningProcess(["umount", "-l", farm.output]).result(within: 10) }
    }

    private static func start(_ farm: TestFarm, _ hosts: NetworkNamespaces?) throws -> RunningProcess {
        try farm.startCoordinator(
            host: hosts == nil ? "127.0.0.1" : "0.0.0.0", prefix: hosts?.first.prefix ?? [],
            options: ["--audit", "0.05"])
    }

    private func join() throws {
        named += 1
        var member = Member(name: "w\(named)", isFar: hosts != nil && named % 2 == 0)
        member.process = try startWorker(member)
        members.append(member)
    }

    private func startWorker(_ member: Member) throws -> RunningProcess {
        try farm.startWorker(
            member.name, host: hosts?.first.address ?? "127.0.0.1",
            prefix: (member.isFar ? hosts?.second : hosts?.first)?.prefix ?? [])
    }

    /// Strikes until the campaign is finished.
    ///
    /// - Returns: the last coordinator's result.
    func run(within seconds: Double) throws -> RunningProcess.Result {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var plan: [Fault] = []
        while coordinator.isRunning {
            guard ContinuousClock.now < deadline else { throw TestFailure("not finished after \(seconds) s") }
            usleep(UInt32.random(in: 200_000...900_000, using: &random))
            try supervise()
            if plan.isEmpty { plan = permitted.shuffled(using: &random) }
            if coordinator.isRunning { try strike(plan.removeLast()) }
        }
        return try coordinator.result(within: 1)
    }

    /// What systemd or a batch system would do: whoever died is started again.
    private func supervise() throws {
        for index in members.indices where members[index].process?.isRunning == false {
            members[index].process = try startWorker(members[index])
        }
    }

    private func strike(_ fault: Fault) throws {
        let index = Int.random(in: members.indices, using: &random)
        switch fault {
        case .workerKilled: members[index].process?.signal(SIGKILL)
        case .coordinatorKilled:
            coordinator.signal(SIGKILL)
            let ending = try coordinator.result(within: 10)
            // It may have finished just before.
            guard ending.status == 128 + SIGKILL else { return }
            usleep(UInt32.random(in: 0...2_000_000, using: &random))
            coordinator = try Self.start(farm, hosts)
        case .workerStopped:
            members[index].process?.signal(SIGSTOP)
            usleep(UInt32.random(in: 500_000...5_000_000, using: &random))
            members[index].process?.signal(SIGCONT)
        case .workerLeaves:
            guard let process = members[index].process else { return }
            // Nobody can be asked before he runs. Once he has said something, he has to leave in good order.
            try process.waitUntilUp()
            process.signal(SIGTERM)
            let ending = try process.result(within: 60)
            leavers.append(ending.status)
            members.remove(at: index)
            try join()
        case .workerJoins:
            try join()
            if members.count > 5 { members.removeFirst().process?.signal(SIGKILL) }
        case .linkDown:
            try hosts?.setLink(up: false)
            usleep(UInt32.random(in: 500_000...5_000_000, using: &random))
            try hosts?.setLink(up: true)
        case .diskFull: try fillDisk()
        }
        counts[fault, default: 0] += 1
        print("chaos: after \(Int((ContinuousClock.now - began) / .seconds(1))) s \(fault.rawValue)")
    }

    /// Fills the file system to the last byte for a while.
    private func fillDisk() throws {
        let path = farm.output + "/ballast"
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw TestFailure("\(path): \(String(cString: strerror(errno)))") }
        let zeros = [UInt8](repeating: 0, count: 64 << 10)
        while write(descriptor, zeros, zeros.count) > 0 {}
        let problem = errno
        close(descriptor)
        guard problem == ENOSPC else { throw TestFailure("\(path): \(String(cString: strerror(problem)))") }
        usleep(UInt32.random(in: 500_000...2_500_000, using: &random))
        try FileManager.default.removeItem(atPath: path)
    }
}
