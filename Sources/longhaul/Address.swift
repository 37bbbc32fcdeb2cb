import ArgumentParser

/// A TCP address as the command line takes it: `tcp://HOST:PORT`.
struct Address: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        let scheme = "tcp://"
        guard argument.hasPrefix(scheme), let colon = argument.lastIndex(of: ":") else { return nil }
        let hostStart = argument.index(argument.startIndex, offsetBy: scheme.count)
        guard hostStart < colon, let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        self.init(host: String(argument[hostStart..<colon]), port: port)
    }

    /// The next port of the same host, for telemetry; a port that the system chooses stays so.
    var next: Address {
        Address(host: host, port: port == 0 ? 0 : port + 1)
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { host == "localhost" || host.hasPrefix("127.") || host == "[::1]" }

    var description: String { "tcp://\(host):\(port)" }
}
