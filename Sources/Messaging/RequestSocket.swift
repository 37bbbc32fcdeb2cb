import CNng
import Foundation

/// Asks a `ReplySocket` and waits for the answer. One request at a time; calls from several threads queue.
///
/// A request may reach the server more than once (nng sends it again when the connection breaks), so
/// requests must carry what the server needs to recognise a repeat.
public final class RequestSocket: @unchecked Sendable {
    public let address: String
    private let socket: Socket
    private let lock = NSLock()
    private let context: nng_ctx
    private let operation: OpaquePointer
    private var isClosed = false

    /// Connects in the background; a server that is not there yet is no error here.
    public init(
        dialing address: String, protection: Protection = .loopbackOnly
    ) throws(MessagingError) {
        self.address = address
        socket = try Socket(nng_req0_open, address: address, protection: protection)
        var context = nng_ctx()
        try check(nng_ctx_open(&context, socket.handle), address)
        self.context = context
        var operation: OpaquePointer?
        try check(nng_aio_alloc(&operation, nil, nil), address)
        guard let operation else { throw MessagingError(code: Int32(NNG_ENOMEM.rawValue), address: address) }
        self.operation = operation
        try socket.dial(address)
    }

    deinit { nng_aio_free(operation) }

    /// Sends `request` and returns the answer. After an error the next call starts afresh: an answer
    /// that comes late is dropped.
    public func call(_ request: [UInt8], timeout: Duration) throws(MessagingError) -> [UInt8] {
        lock.lock()
        defer { lock.unlock() }
        if isClosed { throw MessagingError(.closed, address: address) }
        let message = try Message.make(request, address: address)
        let deadline = ContinuousClock.now + timeout
        nng_aio_set_timeout(operation, timeout.nngMilliseconds)
        nng_aio_set_msg(operation, message)
        nng_ctx_send(context, operation)
        nng_aio_wait(operation)
        let sent = nng_aio_result(operation)
        if sent != 0 { nng_msg_free(message) }
        try check(sent, address)
        // Only now: a receive that is cancelled before its send has completed crashes nng 1.5.
        nng_aio_set_timeout(operation, (deadline - ContinuousClock.now).nngMilliseconds)
        nng_ctx_recv(context, operation)
        nng_aio_wait(operation)
        try check(nng_aio_result(operation), address)
        guard let answer = nng_aio_get_msg(operation) else {
            throw MessagingError(.closed, address: address)
        }
        return Message.take(answer)
    }

    /// Closes the socket for good, after the call in progress.
    public func close() {
        lock.lock()
        defer { lock.unlock() }
        isClosed = true
        socket.close()
    }
}
