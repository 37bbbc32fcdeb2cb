import ArgumentParser
import Dashboard
import Farm
import Foundation
import Messaging
import Synchronization

/// `longhaul top`: the dashboard from anywhere.
struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch a running campaign from any machine.",
        discussion: """
            Attaches to a coordinator's telemetry (the port above the one that workers join). Any number \
            of dashboards may come and go; none of them slows the work down. Full screen on a terminal \
            (q leaves, ? explains the keys), status lines elsewhere. f lists the worst rollouts; Enter \
            plays the selected one where the results are on this machine, else its command is shown.

            Exit codes: 0 left, or the campaign has ended; 64 wrong address; 75 nothing heard at all \
            (with --json); 130 interrupted.

            Examples:
              longhaul top --attach tls+tcp://COORDINATOR-HOST:7701 --tls certificates/viewer
              longhaul top --attach tls+tcp://COORDINATOR-HOST:7701 --tls certificates/viewer \\
                --results /shared/results/night-1
              longhaul top --attach tcp://localhost:7701 --json   # one snapshot as JSON, then exit
            """)

    @Option(help: ArgumentHelp("The coordinator's telemetry address.", valueName: "URL"))
    var attach: Address

    @OptionGroup var security: SecurityOptions
    @OptionGroup var peer: PeerOptions
    @Option(
        help: ArgumentHelp(
            "The campaign's result folder as this machine sees it, so that Enter plays a failure here (default: "
                + "the folder that the coordinator names, if it is here).", valueName: "DIR"))
    var results: String?

    @Flag(help: "Print the next snapshot as one JSON object and exit.")
    var json = false

    func run() throws {
        let interruption = Interruption.shared
        let protection = try security.protection(.viewer, name: peer.tlsName)
        let feed: TelemetryFeed
        do {
            feed = try TelemetryFeed(attach.description, protection)
        } catch {
            throw CommandFailure(starting: error)
        }
        try explainSilence(of: feed, protection)
        if json { return try printNextSnapshot(of: feed) }
        var dashboard = DashboardLoop(environment: ProcessInfo.processInfo.environment)
        dashboard.failureReplay = FailureReplay(interruption: interruption) { [results] snapshot in
            let folder = results ?? snapshot.resultFolder
            let isHere = !folder.isEmpty && FileManager.default.fileExists(atPath: folder + "/journal.sqlite")
            return isHere ? folder : nil
        }
        let ending = try failing(.defect) {
            try dashboard.run(
                source: { feed.newest }, isFinished: { feed.isOver || interruption.isRequested })
        }
        if ending != .quit && interruption.isRequested { throw ExitStatus.interrupted.exitCode }
    }

    /// nng tries to connect for ever and says nothing; a certificate that is refused today is refused for ever.
    private func explainSilence(of feed: TelemetryFeed, _ protection: Protection) throws {
        let deadline = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < deadline {
            if feed.newest != nil { return }
            usleep(20_000)
        }
        let problem = ConnectionProbe.problem(at: attach.description, protection: protection)
        guard let problem, feed.newest == nil else { return }
        if problem.isLasting { throw CommandFailure(.usage, "\(attach): \(problem)") }
        standardError("top: \(attach): \(problem); trying on")
    }

    private func printNextSnapshot(of feed: TelemetryFeed) throws {
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline {
            if let snapshot = feed.newest { return try printJSON(snapshot) }
            usleep(20_000)
        }
        throw CommandFailure(
            .temporary, "heard nothing from \(attach) for 5 s; check that a coordinator runs there and that "
                + "this is its telemetry port, one above the one that workers join")
    }
}

/// Receives snapshots on a thread of its own and keeps the newest.
final class TelemetryFeed: Sendable {
    private let latest = Mutex<FarmSnapshot?>(nil)
    private let socket: SubscribeSocket

    init(_ address: String, _ protection: Protection) throws {
        socket = try SubscribeSocket(dialing: address, protection: protection)
        Thread.detachNewThread { [self] in listen() }
    }

    var newest: FarmSnapshot? { latest.withLock { $0 } }

    /// Whether the coordinator has said its last word.
    var isOver: Bool { newest?.state.isOver ?? false }

    /// Whatever is no snapshot is somebody else's and is left out.
    private func listen() {
        while true {
            do {
                guard let bytes = try socket.receive(timeout: .seconds(1)) else { continue }
                let snapshot = try JSONDecoder().decode(FarmSnapshot.self, from: Data(bytes))
                latest.withLock { $0 = snapshot }
            } catch {
                usleep(50_000)
            }
        }
    }
}
