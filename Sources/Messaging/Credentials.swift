import CMbedTLS
import Foundation

/// What one side of a TLS connection shows, and whom it believes: PEM texts from a folder as
/// `Ops/certificates` makes it. Each role has its own authority, because that is what tells roles apart: a
/// viewer's certificate is worth nothing where workers are expected.
public struct Credentials: Sendable, Equatable {
    /// Who uses the folder, and for which connections.
    public enum Role: Sendable, CaseIterable {
        case coordinatorForWorkers
        case coordinatorForViewers
        case worker
        case viewer

        /// The certificate's and the key's file, without `.crt` and `.key`.
        var name: String {
            switch self {
            case .coordinatorForWorkers, .coordinatorForViewers: "coordinator"
            case .worker: "worker"
            case .viewer: "viewer"
            }
        }

        /// The file with the authority that the other side's certificate must come from.
        var authorityFile: String {
            switch self {
            case .coordinatorForWorkers: "worker-ca.crt"
            case .coordinatorForViewers: "viewer-ca.crt"
            case .worker, .viewer: "coordinator-ca.crt"
            }
        }
    }

    /// What a coordinator's certificate is issued to, whichever machine it runs on.
    public static let coordinatorName = "longhaul-coordinator"
    private static let fileLimit = 256 << 10

    /// Chain of certificates, own first.
    let certificate: String
    let key: String
    let authority: String
    /// The DNS name that a coordinator's certificate must hold. Not used by coordinators.
    let peerName: String

    /// Reads and checks what `role` needs: `worker.crt`, `worker.key` and `coordinator-ca.crt`, for example.
    ///
    /// - Parameter peerName: the DNS name that a coordinator's certificate must hold.
    /// - Throws: `CredentialsError` for all that can be seen without the other side.
    public init(
        folder: URL, role: Role, peerName: String = coordinatorName
    ) throws(CredentialsError) {
        let certificateFile = folder.appendingPathComponent("\(role.name).crt")
        let keyFile = folder.appendingPathComponent("\(role.name).key")
        let authorityFile = folder.appendingPathComponent(role.authorityFile)
        certificate = try Self.text(certificateFile)
        key = try Self.text(keyFile)
        authority = try Self.text(authorityFile)
        self.peerName = peerName
        guard Self.isPrivate(keyFile) else { throw CredentialsError(.keyIsPublic, file: keyFile.path) }

        try ParsedCertificate.with(authority, file: authorityFile.path) { parsed throws(CredentialsError) in
            guard parsed.isAuthority else { throw CredentialsError(.noAuthority, file: authorityFile.path) }
            try parsed.checkDates(file: authorityFile.path)
        }
        try ParsedCertificate.with(certificate, file: certificateFile.path) {
            parsed throws(CredentialsError) in
            try parsed.checkDates(file: certificateFile.path)
            try parsed.checkKey(key, file: keyFile.path, certificateFile: certificateFile.path)
        }
    }

    private static func text(_ file: URL) throws(CredentialsError) -> String {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw CredentialsError(.missing, file: file.path)
        }
        let data: Data
        do {
            data = try FileHandle(forReadingFrom: file).read(upToCount: fileLimit + 1) ?? Data()
        } catch {
            throw CredentialsError(.unreadable, file: file.path)
        }
        // A text that ends early inside would read as another one in C.
        guard data.count <= fileLimit, !data.contains(0), let text = String(validating: data, as: UTF8.self)
        else { throw CredentialsError(.notPEM, file: file.path) }
        return text
    }

    /// Whether strangers on this machine can't read the file.
    private static func isPrivate(_ file: URL) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
        return mode & 0o007 == 0
    }
}

/// What is wrong with a file of a `Credentials` folder, and what to do.
public struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        case missing
        case unreadable
        /// The key may be read by everybody on this machine.
        case keyIsPublic
        case notPEM
        case keyIsEncrypted
        case keyDoesNotFit(certificate: String)
        case expired(on: String)
        case notYetValid(until: String)
        case noAuthority
    }

    public let reason: Reason
    public let file: String

    init(_ reason: Reason, file: String) {
        self.reason = reason
        self.file = file
    }

    public var description: String {
        switch reason {
        case .missing:
            "\(file): no such file; name the folder of this role that Ops/certificates made"
        case .unreadable:
            "\(file): can't be read; make this user its owner"
        case .keyIsPublic:
            "\(file): everybody on this machine may read the key; chmod 600 it, or make a new one if somebody"
                + " else works here"
        case .notPEM:
            "\(file): holds no PEM text of the right kind; copy the file again from where it was made"
        case .keyIsEncrypted:
            "\(file): the key is locked with a pass phrase; store it unlocked, readable by this user alone"
        case .keyDoesNotFit(let certificate):
            "\(file): not the key of \(certificate); copy both from the same folder"
        case .expired(let date):
            "\(file): expired on \(date) UTC; make a new one with Ops/certificates"
        case .notYetValid(let date):
            "\(file): valid from \(date) UTC only; check this machine's clock"
        case .noAuthority:
            "\(file): not the certificate of an authority; copy it from where Ops/certificates wrote it"
        }
    }
}
