import ArgumentParser
import Messaging

/// A TCP address as the command line takes it: `tcp://HOST:PORT` or `tls+tcp://HOST:PORT`.
struct Address: ExpressibleByArgument, CustomStringConvertible {
    var isTLS: Bool
    var host: String
    var port: Int

    init(isTLS: Bool = false, host: String, port: Int) {
        self.isTLS = isTLS
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        let isTLS = argument.hasPrefix("tls+")
        let scheme = isTLS ? "tls+tcp://" : "tcp://"
        guard argument.hasPrefix(scheme), let colon = argument.lastIndex(of: ":") else { return nil }
        let hostStart = argument.index(argument.startIndex, offsetBy: scheme.count)
        guard hostStart < colon, let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        self.init(isTLS: isTLS, host: String(argument[hostStart..<colon]), port: port)
    }

    /// The next port of the same host, for telemetry; a port that the system chooses stays so.
    var next: Address {
        Address(isTLS: isTLS, host: host, port: port == 0 ? 0 : port + 1)
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { Protection.isLoopback(description) }

    var description: String { "\(isTLS ? "tls+" : "")tcp://\(host):\(port)" }
}
