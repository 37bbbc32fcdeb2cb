import CNng

/// What guards a socket against strangers. Both sides of a connection need the same kind.
public enum Protection: Sendable, Equatable {
    /// Nothing, and so only addresses that other machines can't reach.
    case loopbackOnly
    /// Nothing, on any address: everybody who reaches the port may take part, and read along.
    case none
    /// TLS 1.2, both sides with a certificate that the other one checks. For `tls+tcp://` addresses.
    case mutualTLS(Credentials)

    static let tlsScheme = "tls+tcp://"

    /// Throws where `address` isn't to be used with this protection.
    func check(_ address: String) throws(MessagingError) {
        switch self {
        case .mutualTLS:
            guard address.hasPrefix(Self.tlsScheme) else { throw MessagingError(.notTLS, address: address) }
        case .none:
            guard !address.hasPrefix(Self.tlsScheme) else {
                throw MessagingError(.noCredentials, address: address)
            }
        case .loopbackOnly:
            guard !address.hasPrefix(Self.tlsScheme) else {
                throw MessagingError(.noCredentials, address: address)
            }
            // Rather than have nng guess at what is no address.
            guard let scheme = address.range(of: "://"), scheme.upperBound < address.endIndex else {
                throw MessagingError(.badAddress, address: address)
            }
            guard Self.isLoopback(address) else { throw MessagingError(.unprotected, address: address) }
        }
    }

    /// Whether only this machine can reach `address`, a URL.
    public static func isLoopback(_ address: String) -> Bool {
        guard let scheme = address.range(of: "://") else { return false }
        if address.hasPrefix("ipc://") || address.hasPrefix("inproc://") { return true }
        let rest = address[scheme.upperBound...]
        let host = rest.hasPrefix("[") ? rest.dropFirst().prefix { $0 != "]" } : rest.prefix { $0 != ":" }
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension Credentials {
    /// nng's form of these credentials; the caller frees it.
    func configuration(_ mode: nng_tls_mode, address: String) throws(MessagingError) -> OpaquePointer {
        var made: OpaquePointer?
        try check(nng_tls_config_alloc(&made, mode), address)
        guard let made else { throw MessagingError(code: Int32(NNG_ENOMEM.rawValue), address: address) }
        do throws(MessagingError) {
            try check(nng_tls_config_version(made, NNG_TLS_1_2, NNG_TLS_1_2), address)
            try check(nng_tls_config_auth_mode(made, NNG_TLS_AUTH_MODE_REQUIRED), address)
            try check(nng_tls_config_ca_chain(made, authority, nil), address)
            try check(nng_tls_config_own_cert(made, certificate, key, nil), address)
            if mode == NNG_TLS_MODE_CLIENT {
                try check(nng_tls_config_server_name(made, peerName), address)
            }
        } catch {
            nng_tls_config_free(made)
            throw error
        }
        return made
    }
}
