import CMbedTLS

/// A PEM certificate while it is being looked at.
struct ParsedCertificate {
    private let certificate: UnsafeMutablePointer<mbedtls_x509_crt>

    /// Parses `pem` and lends the result to `body`.
    static func with<Result>(
        _ pem: String, file: String, _ body: (ParsedCertificate) throws(CredentialsError) -> Result
    ) throws(CredentialsError) -> Result {
        let certificate = UnsafeMutablePointer<mbedtls_x509_crt>.allocate(capacity: 1)
        mbedtls_x509_crt_init(certificate)
        defer {
            mbedtls_x509_crt_free(certificate)
            certificate.deallocate()
        }
        // mbedTLS wants the closing zero counted.
        let bytes = Array(pem.utf8) + [0]
        guard mbedtls_x509_crt_parse(certificate, bytes, bytes.count) == 0 else {
            throw CredentialsError(.notPEM, file: file)
        }
        return try body(ParsedCertificate(certificate: certificate))
    }

    var isAuthority: Bool { certificate.pointee.ca_istrue != 0 }

    func checkDates(file: String) throws(CredentialsError) {
        if mbedtls_x509_time_is_past(&certificate.pointee.valid_to) != 0 {
            throw CredentialsError(.expired(on: Self.text(certificate.pointee.valid_to)), file: file)
        }
        if mbedtls_x509_time_is_future(&certificate.pointee.valid_from) != 0 {
            throw CredentialsError(.notYetValid(until: Self.text(certificate.pointee.valid_from)), file: file)
        }
    }

    /// Throws unless `key`, a PEM text, belongs to this certificate.
    func checkKey(_ key: String, file: String, certificateFile: String) throws(CredentialsError) {
        let parsed = UnsafeMutablePointer<mbedtls_pk_context>.allocate(capacity: 1)
        mbedtls_pk_init(parsed)
        defer {
            mbedtls_pk_free(parsed)
            parsed.deallocate()
        }
        let bytes = Array(key.utf8) + [0]
        switch mbedtls_pk_parse_key(parsed, bytes, bytes.count, nil, 0) {
        case 0: break
        case MBEDTLS_ERR_PK_PASSWORD_REQUIRED, MBEDTLS_ERR_PK_PASSWORD_MISMATCH:
            throw CredentialsError(.keyIsEncrypted, file: file)
        default:
            let isLocked = key.contains("ENCRYPTED")
            throw CredentialsError(isLocked ? .keyIsEncrypted : .notPEM, file: file)
        }
        guard mbedtls_pk_check_pair(&certificate.pointee.pk, parsed) == 0 else {
            throw CredentialsError(.keyDoesNotFit(certificate: certificateFile), file: file)
        }
    }

    private static func text(_ time: mbedtls_x509_time) -> String {
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(time.year)-\(two(time.mon))-\(two(time.day)) \(two(time.hour)):\(two(time.min))"
    }
}
