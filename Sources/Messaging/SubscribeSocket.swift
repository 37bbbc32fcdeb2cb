import CNng

/// Receives everything that a `PublishSocket` sends, the newest first to survive when it reads too slowly.
public final class SubscribeSocket: @unchecked Sendable {
    public let address: String
    private let socket: Socket

    /// Connects in the background, and again whenever the connection is lost.
    public init(
        dialing address: String, protection: Protection = .loopbackOnly
    ) throws(MessagingError) {
        self.address = address
        socket = try Socket(nng_sub0_open, address: address, protection: protection)
        try check(nng_socket_set(socket.handle, NNG_OPT_SUB_SUBSCRIBE, "", 0), address)
        try check(nng_socket_set_int(socket.handle, NNG_OPT_RECVBUF, 4), address)
        try socket.dial(address)
    }

    /// The next message, or nil if none came in time. For one thread.
    public func receive(timeout: Duration) throws(MessagingError) -> [UInt8]? {
        try check(nng_socket_set_ms(socket.handle, NNG_OPT_RECVTIMEO, timeout.nngMilliseconds), address)
        var message: OpaquePointer?
        let code = nng_recvmsg(socket.handle, &message, 0)
        if code == Int32(NNG_ETIMEDOUT.rawValue) { return nil }
        try check(code, address)
        return message.map(Message.take)
    }

    /// Closes the socket for good.
    public func close() { socket.close() }
}
