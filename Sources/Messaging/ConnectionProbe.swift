import CMbedTLS
import Foundation

/// Why nobody answers. nng tries again in silence; this looks once, by a connection of its own.
public enum ConnectionProblem: Sendable, Equatable, CustomStringConvertible {
    case unknownHost(String)
    /// The machine is there, but nobody listens at the port.
    case refused
    /// No answer to anything: a wrong address, or a firewall.
    case silent
    /// TLS here, plain TCP there.
    case peerIsPlain
    /// Plain TCP here, TLS there.
    case peerWantsTLS
    case peerExpired
    case peerNotYetValid
    /// The other side's certificate is of another campaign or role.
    case peerUntrusted
    /// The other side's certificate is issued to another name.
    case peerMisnamed(expected: String)
    /// The other side won't have this side's certificate.
    case certificateRefused
    /// Neither of ours.
    case notLonghaul

    /// Whether trying again can't help before somebody changes certificates or options.
    public var isLasting: Bool {
        switch self {
        case .unknownHost, .refused, .silent, .notLonghaul: false
        default: true
        }
    }

    public var description: String {
        switch self {
        case .unknownHost(let host): "no address is known for \(host); check the spelling"
        case .refused: "nobody listens at this port; start the coordinator, or check host and port"
        case .silent: "no sign of life; check address, network and firewall"
        case .peerIsPlain:
            "the other side speaks plain TCP; start it with --tls, or use tcp:// without --tls here"
        case .peerWantsTLS: "the other side wants TLS; use tls+tcp:// with --tls DIR"
        case .peerExpired: "the coordinator's certificate has expired; make a new one with Ops/certificates"
        case .peerNotYetValid: "the coordinator's certificate is not valid yet; check the clocks"
        case .peerUntrusted:
            "the coordinator's certificate is not from this folder's coordinator-ca.crt; use the folders of one"
                + " run of Ops/certificates on all machines, and check the port"
        case .peerMisnamed(let name):
            "the coordinator's certificate is not issued to \(name); give its name with --tls-name"
        case .certificateRefused:
            "the coordinator refuses this side's certificate: of another role or campaign, or expired; workers"
                + " need the folder worker, dashboards the folder viewer, of the coordinator's own certificates"
        case .notLonghaul: "what answers there is no Longhaul; check host and port"
        }
    }
}

public enum ConnectionProbe {
    private static let readMilliseconds: UInt32 = 2_000

    /// What keeps a socket that dials `address` from being answered; nil where nothing is wrong with the
    /// connection itself. Takes up to a few seconds.
    public static func problem(at address: String, protection: Protection) -> ConnectionProblem? {
        guard let scheme = address.range(of: "://"), let colon = address.lastIndex(of: ":"),
            colon > scheme.upperBound
        else { return nil }
        var host = String(address[scheme.upperBound..<colon])
        if host.hasPrefix("[") && host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        do throws(ConnectionProblem) {
            let connection = try Connection(host: host, port: String(address[address.index(after: colon)...]))
            if case .mutualTLS(let credentials) = protection {
                return try TLSHandshake(credentials).problem(over: connection, milliseconds: readMilliseconds)
            }
            return connection.plainProblem(milliseconds: readMilliseconds)
        } catch {
            return error
        }
    }
}

extension ConnectionProblem: Error {}

/// A TCP connection, closed when it goes away.
private final class Connection {
    /// The opening of the scalability protocols over TCP, as a requester sends it.
    private static let greeting: [UInt8] = [0, 0x53, 0x50, 0, 0, 0x30, 0, 0]
    private static let connectMilliseconds: Int32 = 3_000

    let descriptor: Int32

    init(host: String, port: String) throws(ConnectionProblem) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0, let first = found else {
            throw .unknownHost(host)
        }
        defer { freeaddrinfo(first) }
        var problem = ConnectionProblem.silent
        for entry in sequence(first: first, next: { $0.pointee.ai_next }) {
            let info = entry.pointee
            let type = info.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            let socket = socket(info.ai_family, type, 0)
            guard socket >= 0 else { continue }
            if let failure = Self.connect(socket, info) {
                problem = failure
                close(socket)
                continue
            }
            descriptor = socket
            return
        }
        throw problem
    }

    deinit { close(descriptor) }

    private static func connect(_ socket: Int32, _ info: addrinfo) -> ConnectionProblem? {
        if Glibc.connect(socket, info.ai_addr, info.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return errno == ECONNREFUSED ? .refused : .silent }
            var poll = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard Glibc.poll(&poll, 1, connectMilliseconds) == 1 else { return .silent }
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
            guard code == 0 else { return code == ECONNREFUSED ? .refused : .silent }
        }
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK)
        return nil
    }

    /// nng greets at once; TLS waits for the other side, and hangs up or complains when that isn't TLS.
    func plainProblem(milliseconds: UInt32) -> ConnectionProblem? {
        _ = send(descriptor, Self.greeting, Self.greeting.count, Int32(MSG_NOSIGNAL))
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, Int32(milliseconds)) == 1 else { return .notLonghaul }
        var answer = [UInt8](repeating: 0, count: 8)
        let count = recv(descriptor, &answer, answer.count, 0)
        // Content types 20 to 23 of TLS begin a record, version 3.x follows.
        let isTLS = count > 1 && (20...23).contains(answer[0]) && answer[1] == 3
        if count <= 0 || isTLS { return .peerWantsTLS }
        return count >= 3 && answer.starts(with: [0, 0x53, 0x50]) ? nil : .notLonghaul
    }
}

/// One TLS handshake as a client, to learn why it fails.
private final class TLSHandshake {
    private let credentials: Credentials
    private let session = UnsafeMutablePointer<mbedtls_ssl_context>.allocate(capacity: 1)
    private let configuration = UnsafeMutablePointer<mbedtls_ssl_config>.allocate(capacity: 1)
    private let entropy = UnsafeMutablePointer<mbedtls_entropy_context>.allocate(capacity: 1)
    private let random = UnsafeMutablePointer<mbedtls_ctr_drbg_context>.allocate(capacity: 1)
    private let own = UnsafeMutablePointer<mbedtls_x509_crt>.allocate(capacity: 1)
    private let authority = UnsafeMutablePointer<mbedtls_x509_crt>.allocate(capacity: 1)
    private let key = UnsafeMutablePointer<mbedtls_pk_context>.allocate(capacity: 1)
    private let network = UnsafeMutablePointer<mbedtls_net_context>.allocate(capacity: 1)

    init(_ credentials: Credentials) {
        self.credentials = credentials
        mbedtls_ssl_init(session)
        mbedtls_ssl_config_init(configuration)
        mbedtls_entropy_init(entropy)
        mbedtls_ctr_drbg_init(random)
        mbedtls_x509_crt_init(own)
        mbedtls_x509_crt_init(authority)
        mbedtls_pk_init(key)
        network.initialize(to: mbedtls_net_context())
    }

    deinit {
        mbedtls_ssl_free(session)
        mbedtls_ssl_config_free(configuration)
        mbedtls_ctr_drbg_free(random)
        mbedtls_entropy_free(entropy)
        mbedtls_x509_crt_free(own)
        mbedtls_x509_crt_free(authority)
        mbedtls_pk_free(key)
        session.deallocate()
        configuration.deallocate()
        random.deallocate()
        entropy.deallocate()
        own.deallocate()
        authority.deallocate()
        key.deallocate()
        network.deallocate()
    }

    func problem(
        over connection: Connection, milliseconds: UInt32
    ) throws(ConnectionProblem) -> ConnectionProblem? {
        guard prepare(milliseconds: milliseconds) else { return nil }
        network.pointee.fd = connection.descriptor
        // mbedTLS's own way of sending lets a peer that hung up end this process by SIGPIPE.
        let send: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, Int) -> Int32 = {
            guard let network = $0?.assumingMemoryBound(to: mbedtls_net_context.self) else { return -1 }
            let count = Glibc.send(network.pointee.fd, $1, $2, Int32(MSG_NOSIGNAL))
            return count < 0 ? MBEDTLS_ERR_NET_SEND_FAILED : Int32(count)
        }
        mbedtls_ssl_set_bio(session, network, send, nil, mbedtls_net_recv_timeout)
        let result = mbedtls_ssl_handshake(session)
        if result == 0 { return nil }
        let flags = Int32(bitPattern: mbedtls_ssl_get_verify_result(session))
        if result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED { return peerProblem(flags) }
        switch result {
        case MBEDTLS_ERR_SSL_INVALID_RECORD: return .peerIsPlain
        case MBEDTLS_ERR_SSL_TIMEOUT: return .silent
        // A server that has seen our certificate says no or hangs up.
        default: return .certificateRefused
        }
    }

    /// False where mbedTLS itself fails; that is then no news about the connection.
    private func prepare(milliseconds: UInt32) -> Bool {
        let texts = [credentials.certificate, credentials.authority, credentials.key].map { Array($0.utf8) + [0] }
        guard mbedtls_ctr_drbg_seed(random, mbedtls_entropy_func, entropy, nil, 0) == 0,
            mbedtls_x509_crt_parse(own, texts[0], texts[0].count) == 0,
            mbedtls_x509_crt_parse(authority, texts[1], texts[1].count) == 0,
            mbedtls_pk_parse_key(key, texts[2], texts[2].count, nil, 0) == 0,
            mbedtls_ssl_config_defaults(
                configuration, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                MBEDTLS_SSL_PRESET_DEFAULT) == 0
        else { return false }
        mbedtls_ssl_conf_rng(configuration, mbedtls_ctr_drbg_random, random)
        mbedtls_ssl_conf_authmode(configuration, MBEDTLS_SSL_VERIFY_REQUIRED)
        mbedtls_ssl_conf_ca_chain(configuration, authority, nil)
        mbedtls_ssl_conf_read_timeout(configuration, milliseconds)
        return mbedtls_ssl_conf_own_cert(configuration, own, key) == 0
            && mbedtls_ssl_setup(session, configuration) == 0
            && mbedtls_ssl_set_hostname(session, credentials.peerName) == 0
    }

    private func peerProblem(_ flags: Int32) -> ConnectionProblem {
        if flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED != 0 { return .peerUntrusted }
        if flags & MBEDTLS_X509_BADCERT_EXPIRED != 0 { return .peerExpired }
        if flags & MBEDTLS_X509_BADCERT_FUTURE != 0 { return .peerNotYetValid }
        if flags & MBEDTLS_X509_BADCERT_CN_MISMATCH != 0 {
            return .peerMisnamed(expected: credentials.peerName)
        }
        return .peerUntrusted
    }
}
