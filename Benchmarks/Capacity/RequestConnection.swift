import Foundation

/// One TCP connection that asks as nng's REQ sockets do (SP over TCP, `sp-tcp-mapping-01`): eight bytes of
/// greeting each way, then messages after their 64-bit length, each with the request's number in front.
/// Never blocks. For one thread.
final class RequestConnection {
    private static let greeting: [UInt8] = [0, 0x53, 0x50, 0, 0, 0x30, 0, 0]
    private static let answerLimit = 4 << 20
    private static let requestBit: UInt32 = 1 << 31

    let descriptor: Int32
    private var outgoing = RequestConnection.greeting
    private var sent = 0
    private var incoming: [UInt8] = []
    private var isGreeted = false
    private var request: UInt32 = 0

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, result == 0 else { throw Self.failure() }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw Self.failure() }
    }

    deinit { close(descriptor) }

    /// Whether something waits to be sent.
    var isSending: Bool { sent < outgoing.count }

    /// Begins to send a request; the one before must have been answered.
    func send(_ message: [UInt8]) throws {
        request = (request + 1) | Self.requestBit
        outgoing.removeSubrange(..<sent)
        sent = 0
        withUnsafeBytes(of: UInt64(message.count + 4).bigEndian) { outgoing.append(contentsOf: $0) }
        withUnsafeBytes(of: request.bigEndian) { outgoing.append(contentsOf: $0) }
        outgoing += message
        try flush()
    }

    /// Sends what the system takes at once.
    func flush() throws {
        while isSending {
            let count = outgoing.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EAGAIN { return }
            guard count > 0 else { throw Self.failure() }
            sent += count
        }
    }

    /// The answer, once it is here whole. `buffer` is for the moment only.
    func receive(_ buffer: UnsafeMutableRawBufferPointer) throws -> [UInt8]? {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0 && errno == EAGAIN { break }
            guard count > 0 else { throw count == 0 ? CapacityError.connection("closed") : Self.failure() }
            incoming.append(contentsOf: buffer[..<count])
            if count < buffer.count { break }
        }
        if !isGreeted {
            guard incoming.count >= Self.greeting.count else { return nil }
            incoming.removeSubrange(..<Self.greeting.count)
            isGreeted = true
        }
        guard incoming.count >= 12 else { return nil }
        let (length, number) = incoming.withUnsafeBytes {
            (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
            )
        }
        guard (4...UInt64(Self.answerLimit)).contains(length), number == request else {
            throw CapacityError.connection("an answer of \(length) bytes to request \(number)")
        }
        let end = 8 + Int(length)
        guard incoming.count >= end else { return nil }
        defer { incoming.removeSubrange(..<end) }
        return Array(incoming[12..<end])
    }

    private static func failure() -> CapacityError { .connection(String(cString: strerror(errno))) }
}
