import ArgumentParser
import Farm
import Foundation
import Messaging

/// How a command proves who it is: the options that coordinator, worker and dashboard share.
struct SecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "This role's certificates, a folder that Ops/certificates made; for tls+tcp:// addresses.",
            valueName: "DIR"))
    var tls: String?

    @Flag(help: "Plain TCP beyond this machine: everybody who reaches the port may take part.")
    var insecure = false

    func validate() throws {
        if tls != nil && insecure { throw ValidationError("--tls and --insecure exclude each other; give one") }
    }

    /// - Parameter name: the DNS name that a coordinator's certificate must hold.
    func protection(
        _ role: Credentials.Role, name: String = Credentials.coordinatorName
    ) throws -> Protection {
        guard let tls else { return insecure ? .none : .loopbackOnly }
        do {
            let folder = URL(fileURLWithPath: tls, isDirectory: true)
            return .mutualTLS(try Credentials(folder: folder, role: role, peerName: name))
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}

/// Whose certificate a command that dials accepts.
struct PeerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The DNS name that the coordinator's certificate must hold, whichever address it has.",
            valueName: "NAME"))
    var tlsName = Credentials.coordinatorName
}

/// The second factor, from a file or the environment: a command line is read by everybody on the machine.
struct TokenOptions: ParsableArguments {
    /// Holds the token itself.
    static let variable = "LONGHAUL_TOKEN"

    @Option(
        help: ArgumentHelp(
            "A secret that coordinator and workers share, besides certificates. Or set \(variable).",
            valueName: "FILE"))
    var tokenFile: String?

    /// The token, if there is one. Taken out of the environment, so that no child inherits it.
    func token(for protection: Protection) throws -> JoinToken? {
        let inEnvironment = ProcessInfo.processInfo.environment[Self.variable]
        unsetenv(Self.variable)
        let token: JoinToken?
        do {
            token = try tokenFile.map { try JoinToken(file: $0) } ?? inEnvironment.map { try JoinToken($0) }
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        if token != nil, protection == .none {
            throw CommandFailure(
                .usage, "a join token can be overheard with --insecure; use --tls DIR, or leave the token out")
        }
        return token
    }
}
