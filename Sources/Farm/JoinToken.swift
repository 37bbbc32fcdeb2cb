import CMbedCrypto
import Foundation

/// A secret that coordinator and workers share besides their certificates: the second factor for those who
/// want one. Whoever copied a worker's certificate still can't join without it.
///
/// It never leaves the process: a hello carries an HMAC over the worker's instance number. That proof could
/// be repeated by who reads it on the way, so a token is of use over TLS or on one machine only, and the
/// command line refuses it elsewhere.
public struct JoinToken: Sendable {
    /// A shorter one could be guessed, bytes.
    public static let leastBytes = 16
    private static let mostBytes = 4_096
    static let proofBytes = 32

    private let secret: [UInt8]

    /// - Parameter text: the secret; white space around it doesn't count.
    /// - Throws: `JoinTokenError`.
    public init(_ text: String) throws(JoinTokenError) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.utf8.count >= Self.leastBytes else { throw .tooShort(trimmed.utf8.count) }
        guard trimmed.utf8.count <= Self.mostBytes else { throw .tooLong }
        secret = Array(trimmed.utf8)
    }

    /// From a file that nobody else on this machine can read.
    public init(file: String) throws(JoinTokenError) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue,
            let handle = FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: Self.mostBytes + 3),
            let text = String(validating: data, as: UTF8.self)
        else { throw .unreadable(file) }
        guard mode & 0o007 == 0 else { throw .isPublic(file) }
        try self.init(text)
    }

    /// What a worker shows: HMAC-SHA256 (RFC 2104) of its instance number under the secret.
    func proof(instance: UInt64) -> [UInt8] {
        var message = ByteWriter()
        message.append("longhaul join")
        message.append(instance)
        var proof = [UInt8](repeating: 0, count: Self.proofBytes)
        let status = mbedtls_md_hmac(
            mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), secret, secret.count, message.bytes,
            message.bytes.count, &proof)
        precondition(status == 0, "HMAC-SHA256 in software has no failure")
        return proof
    }

    /// Whether `proof` is right. Takes equally long wherever the first wrong byte is.
    func isProven(by proof: [UInt8], instance: UInt64) -> Bool {
        let expected = self.proof(instance: instance)
        guard proof.count == expected.count else { return false }
        return zip(proof, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Why a text is no join token. Never holds the text.
public enum JoinTokenError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(String)
    case isPublic(String)
    case tooShort(Int)
    case tooLong

    public var description: String {
        switch self {
        case .unreadable(let file): "\(file): can't read the join token; check path and owner"
        case .isPublic(let file):
            "\(file): everybody on this machine may read the join token; chmod 600 it and choose a new one"
        case .tooShort(let count):
            "the join token has \(count) bytes, at least \(JoinToken.leastBytes) are needed;"
                + " make one with: openssl rand -hex 32"
        case .tooLong: "the join token is longer than 4096 bytes; make one with: openssl rand -hex 32"
        }
    }
}
