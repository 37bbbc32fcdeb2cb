import CNng

/// Sends to whoever subscribes. Never waits: a slow subscriber loses messages.
public final class PublishSocket: @unchecked Sendable {
    /// The URL listened at, with the actual port.
    public var address: String { socket.addresses.first ?? "" }
    private let socket: Socket

    public init(
        listening address: String, protection: Protection = .loopbackOnly
    ) throws(MessagingError) {
        socket = try Socket(nng_pub0_open, address: address, protection: protection)
        try socket.listen(address)
    }

    public func publish(_ bytes: [UInt8]) throws(MessagingError) {
        let message = try Message.make(bytes, address: address)
        let code = nng_sendmsg(socket.handle, message, Int32(NNG_FLAG_NONBLOCK))
        if code != 0 { nng_msg_free(message) }
        try check(code, address)
    }

    /// Closes the socket for good.
    public func close() { socket.close() }
}
