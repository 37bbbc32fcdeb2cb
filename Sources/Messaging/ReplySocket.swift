import CNng
import Foundation

/// Answers requests. Received requests queue up for one serving loop, which may answer them later and in
/// any order: so several can wait for one durable write.
///
/// A reply is no acknowledgement: one that goes to a peer that vanished is dropped without an error.
public final class ReplySocket: @unchecked Sendable {
    /// The URLs listened at, with actual ports.
    public var addresses: [String] { socket.addresses }
    private let socket: Socket
    private let inbox = Inbox()
    private var slots: [ReplySlot] = []
    private let lock = NSLock()
    private var isClosed = false

    /// - Parameters:
    ///   - addresses: URLs such as `tcp://0.0.0.0:7700`; port 0 lets the system choose.
    ///   - capacity: how many requests can be unanswered at a time; more wait in the network.
    public init(
        listening addresses: [String], protection: Protection = .loopbackOnly, capacity: Int = 128
    ) throws(MessagingError) {
        let all = addresses.joined(separator: ", ")
        socket = try Socket(nng_rep0_open, address: all, protection: protection)
        for _ in 0..<capacity {
            slots.append(try ReplySlot(socket: socket, inbox: inbox, address: all))
        }
        for address in addresses { try socket.listen(address) }
        for slot in slots { slot.receive() }
    }

    deinit { close() }

    /// The next request, or nil if none came in time or the socket was closed.
    public func receive(timeout: Duration) -> ReplyRequest? { inbox.next(timeout: timeout) }

    /// Closes the socket for good; unanswered requests stay unanswered.
    public func close() {
        lock.lock()
        defer { lock.unlock() }
        if isClosed { return }
        isClosed = true
        for slot in slots { slot.stop() }
        socket.close()
        inbox.close()
    }
}

/// A request that waits for its answer. One that is dropped unanswered frees its place.
public final class ReplyRequest: @unchecked Sendable {
    public let bytes: [UInt8]
    private var slot: ReplySlot?

    init(bytes: [UInt8], slot: ReplySlot) {
        self.bytes = bytes
        self.slot = slot
    }

    deinit { slot?.receive() }

    /// Sends the answer; a second one is ignored.
    ///
    /// - Throws: `MessagingError.tooLarge`; the request then stays open.
    public func reply(_ answer: [UInt8]) throws(MessagingError) {
        guard let slot else { return }
        try slot.send(answer)
        self.slot = nil
    }
}

/// One place for an unanswered request: an nng context with its operation, which receives and sends in turn.
final class ReplySlot: @unchecked Sendable {
    /// An answer only has to wait where the same peer hasn't read the one before. One that asks on and on and
    /// never reads would hold every slot: after this time its connection is closed.
    private static let sendMilliseconds: nng_duration = 1_000

    private let address: String
    private let inbox: Inbox
    private var context = nng_ctx()
    private var operation: OpaquePointer?
    private var isSending = false
    /// Where the request came from.
    private var pipe = nng_pipe()

    init(socket: Socket, inbox: Inbox, address: String) throws(MessagingError) {
        self.address = address
        self.inbox = inbox
        try check(nng_ctx_open(&context, socket.handle), address)
        let completed: @convention(c) (UnsafeMutableRawPointer?) -> Void = { slot in
            guard let slot else { return }
            Unmanaged<ReplySlot>.fromOpaque(slot).takeUnretainedValue().completed()
        }
        try check(nng_aio_alloc(&operation, completed, Unmanaged.passUnretained(self).toOpaque()), address)
    }

    deinit { nng_aio_free(operation) }

    func receive() {
        isSending = false
        nng_aio_set_timeout(operation, NNG_DURATION_INFINITE)
        nng_ctx_recv(context, operation)
    }

    func send(_ answer: [UInt8]) throws(MessagingError) {
        let message = try Message.make(answer, address: address)
        isSending = true
        nng_aio_set_timeout(operation, Self.sendMilliseconds)
        nng_aio_set_msg(operation, message)
        nng_ctx_send(context, operation)
    }

    /// Ends the operation and waits for its callback; afterwards none runs again.
    func stop() { nng_aio_stop(operation) }

    /// nng's callback: must neither block nor open or close sockets.
    private func completed() {
        let result = nng_aio_result(operation)
        if isSending {
            if result != 0 { nng_msg_free(nng_aio_get_msg(operation)) }
            if result == Int32(NNG_ETIMEDOUT.rawValue) { nng_pipe_close(pipe) }
            if !Self.isOver(result) { receive() }
        } else if result == 0, let message = nng_aio_get_msg(operation) {
            pipe = nng_msg_get_pipe(message)
            inbox.add(ReplyRequest(bytes: Message.take(message), slot: self))
        } else if !Self.isOver(result) {
            receive()
        }
    }

    private static func isOver(_ result: Int32) -> Bool {
        result == Int32(NNG_ECLOSED.rawValue) || result == Int32(NNG_ECANCELED.rawValue)
    }
}

/// The queue between nng's threads and the serving loop; as long as there are slots.
final class Inbox: @unchecked Sendable {
    private let condition = NSCondition()
    private var requests: [ReplyRequest] = []
    private var first = 0
    private var isClosed = false

    func add(_ request: ReplyRequest) {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { return }
        requests.append(request)
        condition.signal()
    }

    func next(timeout: Duration) -> ReplyRequest? {
        let deadline = Date(timeIntervalSinceNow: Double(timeout.nngMilliseconds) * 1e-3)
        condition.lock()
        defer { condition.unlock() }
        while first == requests.count {
            if isClosed || !condition.wait(until: deadline) { return nil }
        }
        let request = requests[first]
        first += 1
        if first == requests.count {
            requests.removeAll(keepingCapacity: true)
            first = 0
        }
        return request
    }

    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        requests = []
        first = 0
        condition.broadcast()
    }
}
