import Foundation

/// Two network namespaces joined by a veth pair: two hosts with their own addresses on one machine.
final class NetworkNamespaces {
    struct Host {
        var name: String
        var address: String
        /// Runs a command on this host.
        var prefix: [String] { ["ip", "netns", "exec", name] }
    }

    static let arePermitted: Bool = {
        let name = "longhaul-probe-\(getpid())"
        defer { _ = try? RunningProcess(["ip", "netns", "delete", name]).result(within: 10) }
        let commands = [["ip", "netns", "add", name], ["ip", "netns", "exec", name, "true"]]
        return commands.allSatisfy { (try? RunningProcess($0).result(within: 10).status) == 0 }
    }()

    let first: Host
    let second: Host
    private let secondLink: String

    init() throws {
        let number = getpid() % 1_000_000
        first = Host(name: "longhaul-a-\(number)", address: "10.77.1.1")
        second = Host(name: "longhaul-b-\(number)", address: "10.77.1.2")
        let (a, b) = ("lha\(number)", "lhb\(number)")
        secondLink = b
        try ip("netns", "add", first.name)
        try ip("netns", "add", second.name)
        try ip("link", "add", a, "netns", first.name, "type", "veth", "peer", "name", b, "netns", second.name)
        for (host, link) in [(first, a), (second, b)] {
            try ip("-n", host.name, "address", "add", "\(host.address)/24", "dev", link)
            try ip("-n", host.name, "link", "set", link, "up")
            try ip("-n", host.name, "link", "set", "lo", "up")
        }
    }

    /// Takes the link between the two hosts down or up.
    func setLink(up isUp: Bool) throws {
        try ip("-n", second.name, "link", "set", secondLink, isUp ? "up" : "down")
    }

    deinit {
        try? ip("netns", "delete", first.name)
        try? ip("netns", "delete", second.name)
    }

    private func ip(_ arguments: String...) throws {
        let result = try RunningProcess(["ip"] + arguments).result(within: 10)
        guard result.status == 0 else { throw TestFailure("ip \(arguments): \(result.errors)") }
    }
}
