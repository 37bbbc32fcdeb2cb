import Foundation
import Messaging
import Testing

/// Real sockets, real certificates: who gets in, who doesn't, and what each is told.
@Suite(.serialized) struct TLSTests {
    private static let anyPort = "tls+tcp://127.0.0.1:0"
    private let certificates: Certificates

    init() throws { certificates = try Certificates.shared.get() }

    private func workersPort() throws -> EchoServer {
        try EchoServer(
            address: Self.anyPort, protection: certificates.protection(.coordinatorForWorkers))
    }

    /// What a requester with `protection` gets, and why.
    private func call(
        _ address: String, _ protection: Protection, within timeout: Duration = .seconds(1)
    ) throws -> (answer: [UInt8]?, problem: ConnectionProblem?) {
        let client = try RequestSocket(dialing: address, protection: protection)
        let answer = try? client.call([1, 2, 3], timeout: timeout)
        return (answer, ConnectionProbe.problem(at: address, protection: protection))
    }

    @Test func aWorkerWithItsCertificateIsAnswered() throws {
        let server = try workersPort()
        let client = try RequestSocket(dialing: server.address, protection: certificates.protection(.worker))
        for size in [0, 1, 1_000, 1 << 20] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            #expect(try client.call(bytes, timeout: .seconds(10)) == bytes.reversed())
        }
        let problem = try ConnectionProbe.problem(
            at: server.address, protection: certificates.protection(.worker))
        #expect(problem == nil)
    }

    @Test func aViewersCertificateCannotLease() throws {
        let server = try ReplySocket(
            listening: [Self.anyPort], protection: certificates.protection(.coordinatorForWorkers))
        let (answer, problem) = try call(server.addresses[0], certificates.protection(.viewer))
        #expect(answer == nil)
        #expect(problem == .certificateRefused)
        #expect(server.receive(timeout: .milliseconds(100)) == nil, "the request must not even arrive")
    }

    @Test func aViewerHearsTelemetryAndAWorkerDoesNot() throws {
        let publisher = try PublishSocket(
            listening: Self.anyPort, protection: certificates.protection(.coordinatorForViewers))
        let address = publisher.address
        let viewer = try SubscribeSocket(dialing: address, protection: certificates.protection(.viewer))
        let worker = try SubscribeSocket(dialing: address, protection: certificates.protection(.worker))
        var heard: [UInt8]?
        for _ in 0..<200 where heard == nil {
            try publisher.publish([9])
            heard = try viewer.receive(timeout: .milliseconds(50))
        }
        #expect(heard == [9])
        for _ in 0..<20 { try publisher.publish([9]) }
        #expect(try worker.receive(timeout: .milliseconds(500)) == nil)
        let problem = try ConnectionProbe.problem(at: address, protection: certificates.protection(.worker))
        #expect(problem == .certificateRefused)
    }

    @Test func withoutACertificateNobodyGetsAnything() throws {
        let server = try ReplySocket(
            listening: [Self.anyPort], protection: certificates.protection(.coordinatorForWorkers))
        let port = try #require(server.addresses[0].split(separator: ":").last)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_client", "-quiet", "-verify_quiet", "-tls1_2", "-connect", "127.0.0.1:\(port)",
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // A requester's greeting, and a request of four bytes.
        let greeting: [UInt8] = [0, 0x53, 0x50, 0, 0, 0x30, 0, 0]
        let request: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 8, 0x80, 0, 0, 1, 1, 2, 3, 4]
        signal(SIGPIPE, SIG_IGN)
        try? input.fileHandleForWriting.write(contentsOf: Data(greeting + request))
        #expect(server.receive(timeout: .seconds(1)) == nil)
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
        #expect(try output.fileHandleForReading.readToEnd() ?? Data() == Data(), "it must hear nothing at all")
    }

    @Test func certificatesOfAnotherFarmAreRefusedOnBothSides() throws {
        let other = try Certificates()
        let server = try workersPort()
        let (answer, problem) = try call(server.address, other.protection(.worker))
        #expect(answer == nil)
        #expect(problem == .peerUntrusted)
        // One who believes this coordinator, but comes with another farm's certificate.
        for name in ["worker.crt", "worker.key"] {
            let copy = other.path("worker/\(name)")
            try FileManager.default.removeItem(at: other.path("viewer/viewer" + name.suffix(4)))
            try FileManager.default.copyItem(at: copy, to: other.path("viewer/viewer" + name.suffix(4)))
        }
        try FileManager.default.removeItem(at: other.path("viewer/coordinator-ca.crt"))
        try FileManager.default.copyItem(
            at: certificates.path("worker/coordinator-ca.crt"), to: other.path("viewer/coordinator-ca.crt"))
        let stranger = try call(server.address, other.protection(.viewer))
        #expect(stranger.answer == nil)
        #expect(stranger.problem == .certificateRefused)
    }

    @Test func anotherNameIsRefusedAndAFurtherNameIsFine() throws {
        let named = try Certificates(["farm.example.org"])
        let server = try EchoServer(
            address: Self.anyPort, protection: named.protection(.coordinatorForWorkers))
        let wrong = try call(server.address, named.protection(.worker, name: "elsewhere.example.org"))
        #expect(wrong.answer == nil)
        #expect(wrong.problem == .peerMisnamed(expected: "elsewhere.example.org"))
        let right = try call(
            server.address, named.protection(.worker, name: "farm.example.org"), within: .seconds(15))
        #expect(right.answer == [3, 2, 1])
    }

    @Test func expiredCertificatesAreFoundBeforeAndAfterConnecting() throws {
        let old = try Certificates()
        let server = try EchoServer(address: Self.anyPort, protection: old.protection(.coordinatorForWorkers))
        let worker = try old.protection(.worker)
        try old.expire("worker")
        #expect { try old.protection(.worker) } throws: { error in
            if case .expired = (error as? CredentialsError)?.reason { true } else { false }
        }
        // A coordinator that went on with a certificate that expired meanwhile.
        try old.expire("coordinator")
        #expect(try call(server.address, worker, within: .seconds(15)).answer == [3, 2, 1], "this one is still in memory")
        server.stop()
    }

    @Test func plainAndTLSTellEachOther() throws {
        let tls = try workersPort()
        let plainAddress = tls.address.replacing("tls+tcp", with: "tcp")
        let plainCaller = try call(plainAddress, .loopbackOnly)
        #expect(plainCaller.answer == nil)
        #expect(plainCaller.problem == .peerWantsTLS)

        let plain = try EchoServer()
        let tlsAddress = plain.address.replacing("tcp", with: "tls+tcp")
        let tlsCaller = try call(tlsAddress, certificates.protection(.worker))
        #expect(tlsCaller.answer == nil)
        #expect(tlsCaller.problem == .peerIsPlain)
        #expect(ConnectionProbe.problem(at: plain.address, protection: .loopbackOnly) == nil)
    }

    @Test func nobodyThereIsToldFromAnUnknownHost() throws {
        let address = "tcp://127.0.0.1:\(try freePort())"
        #expect(ConnectionProbe.problem(at: address, protection: .loopbackOnly) == .refused)
        let unknown = "tcp://no-such-host.invalid:7700"
        let problem = ConnectionProbe.problem(at: unknown, protection: .none)
        #expect(problem == .unknownHost("no-such-host.invalid"))
    }

    @Test func rubbishAndHalfHandshakesDoNoHarm() throws {
        let server = try workersPort()
        var generator = Random(seed: 12)
        let hello: [UInt8] = [22, 3, 1, 0x02, 0, 1, 0, 1, 0xfc, 3, 3]
        for opening in [[], hello, Array(hello.prefix(5)), [22, 3, 3, 0xff, 0xff]] {
            try throwRaw(opening, at: server.address)
            let noise = (0..<3_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
            try throwRaw(opening + noise, at: server.address)
        }
        let worker = try call(server.address, certificates.protection(.worker), within: .seconds(15))
        #expect(worker.answer == [3, 2, 1])
    }
}
