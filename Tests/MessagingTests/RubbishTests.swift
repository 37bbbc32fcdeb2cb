import Foundation
import Messaging
import Testing

/// What strangers may throw at the ports. `nngcat` comes with nng's tools.
@Suite(.serialized) struct RubbishTests {
    private static let nngcat = ["/usr/bin/nngcat", "/usr/local/bin/nngcat"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: nngcat != nil, "nngcat is not installed"))
    func messagesOfOtherProtocolsDoNoHarm() throws {
        let server = try EchoServer()
        let publisher = try PublishSocket(listening: "tcp://127.0.0.1:0")
        for address in [server.address, publisher.address] {
            for kind in ["--req0", "--pub0", "--push0", "--pair0", "--pair1", "--sub0", "--surveyor0"] {
                try cat([kind, "--dial", address, "--data", "rubbish"])
            }
            try cat(["--req0", "--dial", address, "--data", ""])
        }
        try expectAlive(server, publisher)
    }

    @Test func bytesThatAreNoProtocolDoNoHarm() throws {
        let server = try EchoServer()
        let publisher = try PublishSocket(listening: "tcp://127.0.0.1:0")
        var generator = Random(seed: 11)
        // The opening of the scalability protocols over TCP: REQ's and SUB's, then a length nobody accepts.
        let req: [UInt8] = [0, 0x53, 0x50, 0, 0, 0x30, 0, 0]
        let sub: [UInt8] = [0, 0x53, 0x50, 0, 0, 0x21, 0, 0]
        let huge = [UInt8](repeating: 0xff, count: 8)
        for address in [server.address, publisher.address] {
            for opening in [[], req, sub, Array(req.prefix(5))] {
                try throwRaw(opening, at: address)
                try throwRaw(opening + huge, at: address)
                let noise = (0..<5_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
                try throwRaw(opening + noise, at: address)
            }
        }
        try expectAlive(server, publisher)
    }

    @Test func onePeerThatNeverReadsItsAnswersDoesNotSilenceTheOthers() throws {
        let server = try EchoServer()
        let peer = try connection(to: server.address)
        defer { close(peer) }
        var few: Int32 = 4_096
        setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &few, socklen_t(MemoryLayout<Int32>.size))
        var patience = timeval(tv_sec: 0, tv_usec: 300_000)
        setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        // REQ's opening, then requests: a length of eight bytes, the request's number, the body.
        let body = [UInt8](repeating: 5, count: 100_000)
        var bytes: [UInt8] = [0, 0x53, 0x50, 0, 0, 0x30, 0, 0]
        for number in 0..<400 {
            let length = UInt64(4 + body.count).bigEndian, id = UInt32(0x8000_0000 + number).bigEndian
            withUnsafeBytes(of: length) { bytes += $0 }
            withUnsafeBytes(of: id) { bytes += $0 }
            bytes += body
        }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { send(peer, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { break }
            sent += count
        }
        #expect(sent < bytes.count, "the server took everything: nothing was tested")
        let client = try RequestSocket(dialing: server.address)
        #expect(try client.call([1, 2, 3], timeout: .seconds(10)) == [3, 2, 1])
    }

    private func expectAlive(_ server: EchoServer, _ publisher: PublishSocket) throws {
        let client = try RequestSocket(dialing: server.address)
        #expect(try client.call([1, 2, 3], timeout: .seconds(5)) == [3, 2, 1])
        let subscriber = try SubscribeSocket(dialing: publisher.address)
        var heard: [UInt8]?
        for _ in 0..<100 where heard == nil {
            try publisher.publish([9])
            heard = try subscriber.receive(timeout: .milliseconds(50))
        }
        #expect(heard == [9])
    }

    private func cat(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.nngcat ?? "")
        process.arguments = arguments + ["--recv-timeout", "1", "--send-timeout", "1", "--silent"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 0.4)
        while process.isRunning && Date() < deadline { usleep(5_000) }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
}
