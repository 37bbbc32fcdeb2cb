import CNng
import Foundation
import Synchronization

/// One nng socket with the options that every socket here needs. Opened once and used until the process ends.
final class Socket {
    /// The largest message that any socket accepts or sends, bytes.
    static let messageLimit = 4 << 20
    /// What the protocols put before a message; counts against nng's limit.
    private static let headerBytes = 64
    /// Reconnecting starts at this wait and doubles up to the other; nng draws each wait at random below it.
    private static let reconnectMilliseconds: (least: nng_duration, most: nng_duration) = (100, 5_000)

    let handle: nng_socket
    private let protection: Protection
    private(set) var addresses: [String] = []
    private let isClosed = Mutex(false)

    /// - Parameter open: nng's constructor for the protocol.
    init(
        _ open: (UnsafeMutablePointer<nng_socket>) -> Int32, address: String, protection: Protection
    ) throws(MessagingError) {
        self.protection = protection
        var handle = nng_socket()
        try check(open(&handle), address)
        self.handle = handle
        let received = Self.messageLimit + Self.headerBytes
        try check(nng_socket_set_size(handle, NNG_OPT_RECVMAXSZ, received), address)
        try check(
            nng_socket_set_ms(handle, NNG_OPT_RECONNMINT, Self.reconnectMilliseconds.least), address)
        try check(
            nng_socket_set_ms(handle, NNG_OPT_RECONNMAXT, Self.reconnectMilliseconds.most), address)
    }

    deinit { close() }

    /// Connects, and reconnects whenever the connection is lost; does not wait for the first connection.
    func dial(_ address: String) throws(MessagingError) {
        try protection.check(address)
        var dialer = nng_dialer()
        try check(nng_dialer_create(&dialer, handle, address), address)
        if case .mutualTLS(let credentials) = protection {
            let configuration = try credentials.configuration(NNG_TLS_MODE_CLIENT, address: address)
            defer { nng_tls_config_free(configuration) }
            let pointer = UnsafeMutableRawPointer(configuration)
            try check(nng_dialer_set_ptr(dialer, NNG_OPT_TLS_CONFIG, pointer), address)
        }
        try check(nng_dialer_start(dialer, Int32(NNG_FLAG_NONBLOCK)), address)
        addresses.append(address)
    }

    /// Listens, and notes the actual address: port 0 becomes the port that the system chose.
    func listen(_ address: String) throws(MessagingError) {
        try protection.check(address)
        var listener = nng_listener()
        try check(nng_listener_create(&listener, handle, address), address)
        if case .mutualTLS(let credentials) = protection {
            let configuration = try credentials.configuration(NNG_TLS_MODE_SERVER, address: address)
            defer { nng_tls_config_free(configuration) }
            let pointer = UnsafeMutableRawPointer(configuration)
            try check(nng_listener_set_ptr(listener, NNG_OPT_TLS_CONFIG, pointer), address)
        }
        try check(nng_listener_start(listener, 0), address)
        var port: Int32 = 0
        guard nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port) == 0,
            let colon = address.lastIndex(of: ":")
        else { return addresses.append(address) }
        addresses.append(address[...colon] + String(port))
    }

    /// Begins to close the socket and returns. On a thread of its own, because `nng_close` can wait for ever
    /// (nng issue 1543, open until after 1.7).
    func close() {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        if wasClosed { return }
        let handle = handle
        Thread.detachNewThread { nng_close(handle) }
    }
}

/// Turns an nng result into an error.
func check(_ code: Int32, _ address: String) throws(MessagingError) {
    if code != 0 { throw MessagingError(code: code, address: address) }
}

/// Copies between Swift arrays and nng messages.
enum Message {
    /// A new message; the caller frees it unless nng takes it.
    static func make(_ bytes: [UInt8], address: String) throws(MessagingError) -> OpaquePointer {
        guard bytes.count <= Socket.messageLimit else {
            throw MessagingError(.tooLarge(bytes: bytes.count, limit: Socket.messageLimit), address: address)
        }
        var message: OpaquePointer?
        try check(nng_msg_alloc(&message, 0), address)
        guard let message else { throw MessagingError(code: Int32(NNG_ENOMEM.rawValue), address: address) }
        let code = nng_msg_append(message, bytes, bytes.count)
        if code != 0 { nng_msg_free(message) }
        try check(code, address)
        return message
    }

    /// The body of `message`, which is freed.
    static func take(_ message: OpaquePointer) -> [UInt8] {
        defer { nng_msg_free(message) }
        return [UInt8](UnsafeRawBufferPointer(start: nng_msg_body(message), count: nng_msg_len(message)))
    }
}

extension Duration {
    /// Whole milliseconds, at least 1, for nng.
    var nngMilliseconds: nng_duration {
        let (seconds, attoseconds) = components
        let milliseconds = Double(seconds) * 1e3 + Double(attoseconds) * 1e-15
        return nng_duration(max(1, min(milliseconds.rounded(.up), 1e9)))
    }
}
