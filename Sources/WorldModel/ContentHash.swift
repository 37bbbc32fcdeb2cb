import CMbedCrypto

/// Names content by what it holds: the identity of weights and campaigns between machines.
public enum ContentHash {
    /// SHA-256 (FIPS 180-4) of `bytes`, as 64 lower-case hexadecimal digits.
    public static func sha256(_ bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        let status = mbedtls_sha256_ret(bytes, bytes.count, &digest, 0)
        precondition(status == 0, "SHA-256 in software has no failure")
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
