import Foundation
import Messaging
import Testing

/// Answers every request with its bytes reversed.
final class EchoServer: Sendable {
    let socket: ReplySocket
    var address: String { socket.addresses[0] }

    init(address: String = "tcp://127.0.0.1:0", protection: Protection = .loopbackOnly) throws {
        let socket = try ReplySocket(listening: [address], protection: protection)
        self.socket = socket
        Thread.detachNewThread {
            while let request = socket.receive(timeout: .seconds(60)) {
                try? request.reply(request.bytes.reversed())
            }
        }
    }

    func stop() { socket.close() }
    deinit { socket.close() }
}

/// Answers by caller, filled by several threads.
final class Answers: @unchecked Sendable {
    private let lock = NSLock()
    private var answers: [Int: [UInt8]] = [:]
    func set(_ key: Int, _ value: [UInt8]?) { lock.withLock { answers[key] = value } }
    func get(_ key: Int) -> [UInt8]? { lock.withLock { answers[key] } }
}

extension Thread {
    static func detachNewThread(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        detachNewThread {
            body()
            group.leave()
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A TCP connection to a URL's port on 127.0.0.1.
func connection(to url: String) throws -> Int32 {
    let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port: port)
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    try #require(result == 0)
    return descriptor
}

private func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
}

/// Sends bytes to a URL's port, without any protocol, and hangs up.
func throwRaw(_ bytes: [UInt8], at address: String) throws {
    let descriptor = try connection(to: address)
    _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    usleep(10_000)
    close(descriptor)
}

/// A port that was free a moment ago.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(descriptor, $0, length)
            _ = getsockname(descriptor, $0, &length)
        }
    }
    return address.sin_port.bigEndian
}
