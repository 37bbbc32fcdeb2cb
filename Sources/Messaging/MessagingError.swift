import CNng

/// What went wrong with a socket, where, and what to do about it.
public struct MessagingError: Error, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// Another program listens there.
        case addressInUse
        /// The URL can't be understood, or its host or port is none of this machine's.
        case badAddress
        /// Ports below 1024 need rights.
        case notPermitted
        /// A plain address that other machines can reach, without anybody having asked for that.
        case unprotected
        /// Credentials for an address without TLS.
        case notTLS
        /// An address with TLS, but no credentials.
        case noCredentials
        /// Nobody answered in time; the request may or may not have arrived.
        case timedOut
        /// A message is larger than the other side would accept.
        case tooLarge(bytes: Int, limit: Int)
        /// The socket was closed.
        case closed
        /// Anything else that nng reports.
        case failed(code: Int32, text: String)
    }

    public let reason: Reason
    /// The socket's URL.
    public let address: String

    public init(_ reason: Reason, address: String) {
        self.reason = reason
        self.address = address
    }

    init(code: Int32, address: String) {
        let reason: Reason =
            switch nng_errno_enum(UInt32(code)) {
            case NNG_EADDRINUSE: .addressInUse
            case NNG_EADDRINVAL, NNG_EINVAL, NNG_ENOTSUP: .badAddress
            case NNG_EPERM: .notPermitted
            case NNG_ETIMEDOUT: .timedOut
            case NNG_ECLOSED, NNG_ECANCELED: .closed
            default: .failed(code: code, text: String(cString: nng_strerror(code)))
            }
        self.init(reason, address: address)
    }

    public var description: String {
        switch reason {
        case .addressInUse:
            "\(address): the port is in use; stop the program that listens there or choose another port"
        case .badAddress:
            "\(address): not a usable address;"
                + " write it as tcp://HOST:PORT or tls+tcp://HOST:PORT with a host or address of the right machine"
        case .notPermitted:
            "\(address): not permitted; choose a port from 1024 to 65535"
        case .unprotected:
            "\(address): plain TCP is open to everybody who reaches the port; use tls+tcp:// with --tls DIR"
                + " (certificates: Ops/certificates), or say --insecure inside a network that you trust"
        case .notTLS:
            "\(address): certificates are for addresses with TLS; write it as tls+tcp://HOST:PORT"
        case .noCredentials:
            "\(address): TLS needs certificates; name their folder with --tls DIR (see Ops/certificates)"
        case .timedOut:
            "\(address): no answer in time;"
                + " check that the coordinator runs there and that the port can be reached"
        case .tooLarge(let bytes, let limit):
            "\(address): a message of \(bytes) bytes exceeds the limit of \(limit); send it in parts"
        case .closed:
            "\(address): the socket is closed; open a new one"
        case .failed(let code, let text):
            "\(address): \(text) (nng error \(code)); check the network between the two machines"
        }
    }
}
