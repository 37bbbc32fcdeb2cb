import Foundation
import Messaging
import Testing

/// What is refused before any connection is made.
@Suite(.serialized) struct ProtectionTests {
    @Test(arguments: ["tcp://0.0.0.0:0", "tcp://10.1.2.3:0", "tcp://host.example.org:0", "tcp://[::]:0",
        "tcp://127.evil.example.org:0", "tcp://127.0.0.1.evil.org:0", "tcp://localhost.evil.org:0", "tcp://*:0"])
    func plainAddressesThatOthersReachNeedToBeAskedFor(_ address: String) throws {
        #expect(throws: MessagingError(.unprotected, address: address)) {
            try ReplySocket(listening: [address])
        }
        #expect(throws: MessagingError(.unprotected, address: address)) {
            try RequestSocket(dialing: address)
        }
        #expect(throws: MessagingError(.unprotected, address: address)) {
            try PublishSocket(listening: address)
        }
        #expect(throws: MessagingError(.unprotected, address: address)) {
            try SubscribeSocket(dialing: address)
        }
    }

    @Test(arguments: ["tcp://127.0.0.1:0", "tcp://127.1.2.3:0", "tcp://localhost:0"])
    func loopbackNeedsNothing(_ address: String) throws {
        _ = try ReplySocket(listening: [address])
    }

    @Test func schemeAndCredentialsHaveToAgree() throws {
        let worker = try Certificates.shared.get().protection(.worker)
        #expect(throws: MessagingError(.notTLS, address: "tcp://127.0.0.1:1")) {
            try RequestSocket(dialing: "tcp://127.0.0.1:1", protection: worker)
        }
        for protection in [Protection.none, .loopbackOnly] {
            #expect(throws: MessagingError(.noCredentials, address: "tls+tcp://127.0.0.1:1")) {
                try RequestSocket(dialing: "tls+tcp://127.0.0.1:1", protection: protection)
            }
        }
    }

    /// Copies a worker's folder, damages it, and reads it.
    private func reason(_ damage: (URL) throws -> Void) throws -> CredentialsError.Reason? {
        let copy = FileManager.default.temporaryDirectory
            .appendingPathComponent("longhaul-worker-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.copyItem(at: Certificates.shared.get().path("worker"), to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        try damage(copy)
        do {
            _ = try Credentials(folder: copy, role: .worker)
            return nil
        } catch {
            #expect(error.description.contains(error.file))
            return error.reason
        }
    }

    @Test(arguments: ["worker.crt", "worker.key", "coordinator-ca.crt"])
    func eachFileIsMissed(_ name: String) throws {
        let reason = try reason { try FileManager.default.removeItem(at: $0.appendingPathComponent(name)) }
        #expect(reason == .missing)
    }

    @Test(arguments: ["worker.crt", "worker.key", "coordinator-ca.crt"])
    func eachFileHasToBePEM(_ name: String) throws {
        for rubbish in ["", "rubbish", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a\0b"] {
            let reason = try reason { folder in
                let handle = try FileHandle(forWritingTo: folder.appendingPathComponent(name))
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: Data(rubbish.utf8))
            }
            #expect(reason == .notPEM)
        }
    }

    @Test func aKeyThatEverybodyReadsIsRefused() throws {
        let reason = try reason {
            let key = $0.appendingPathComponent("worker.key").path
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        }
        #expect(reason == .keyIsPublic)
    }

    @Test func anotherKeyALockedKeyAndACommonCertificateAreRefused() throws {
        let other = try Certificates.shared.get().path("viewer/viewer.key")
        let foreign = try reason {
            let key = $0.appendingPathComponent("worker.key")
            try FileManager.default.removeItem(at: key)
            try FileManager.default.copyItem(at: other, to: key)
        }
        if case .keyDoesNotFit = foreign {} else { Issue.record("\(String(describing: foreign))") }
        let locked = try reason {
            let key = $0.appendingPathComponent("worker.key").path
            try Certificates.openssl(
                "pkcs8", "-topk8", "-in", other.path, "-out", key, "-passout", "pass:secret")
        }
        #expect(locked == .keyIsEncrypted)
        let plainCertificate = try reason {
            let authority = $0.appendingPathComponent("coordinator-ca.crt")
            try FileManager.default.removeItem(at: authority)
            try FileManager.default.copyItem(at: $0.appendingPathComponent("worker.crt"), to: authority)
        }
        #expect(plainCertificate == .noAuthority)
    }
}
