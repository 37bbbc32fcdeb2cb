import Foundation
import Messaging
import Testing

@Suite(.serialized) struct SocketTests {
    @Test func answersComeBackToTheirRequests() throws {
        let server = try EchoServer()
        let first = try RequestSocket(dialing: server.address)
        let second = try RequestSocket(dialing: server.address)
        for round in 0..<200 {
            let size = round * 37
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ round) }
            #expect(try first.call(bytes, timeout: .seconds(5)) == bytes.reversed())
            #expect(try second.call(bytes + [1], timeout: .seconds(5)) == [1] + bytes.reversed())
        }
    }

    @Test func requestsMayBeAnsweredLaterAndInAnotherOrder() throws {
        let server = try ReplySocket(listening: ["tcp://127.0.0.1:0"])
        let address = server.addresses[0]
        let callers = try (0..<8).map { _ in try RequestSocket(dialing: address) }
        let answers = Answers()
        let group = DispatchGroup()
        for (number, caller) in callers.enumerated() {
            Thread.detachNewThread(in: group) {
                answers.set(number, try? caller.call([UInt8(number)], timeout: .seconds(10)))
            }
        }
        let requests = (0..<8).compactMap { _ in server.receive(timeout: .seconds(10)) }
        #expect(requests.count == 8)
        for request in requests.reversed() { try request.reply(request.bytes + [99]) }
        group.wait()
        for number in 0..<8 { #expect(answers.get(number) == [UInt8(number), 99]) }
    }

    @Test func aCallThatTimedOutLeavesTheSocketUsable() throws {
        let server = try ReplySocket(listening: ["tcp://127.0.0.1:0"])
        let client = try RequestSocket(dialing: server.addresses[0])
        for round in 0..<5 {
            #expect(throws: MessagingError(.timedOut, address: client.address)) {
                _ = try client.call([UInt8(round)], timeout: .milliseconds(100))
            }
        }
        Thread.detachNewThread {
            while let request = server.receive(timeout: .seconds(2)) {
                if request.bytes == [77] { try? request.reply([78]) } else { try? request.reply([0]) }
            }
        }
        #expect(try client.call([77], timeout: .seconds(5)) == [78], "never the answer of an older call")
    }

    @Test func nobodyThereIsATimeOutAndThenAConnection() throws {
        let port = try freePort()
        let client = try RequestSocket(dialing: "tcp://127.0.0.1:\(port)")
        #expect(throws: MessagingError(.timedOut, address: client.address)) {
            _ = try client.call([1], timeout: .milliseconds(200))
        }
        let server = try EchoServer(address: "tcp://127.0.0.1:\(port)")
        #expect(try client.call([1, 2], timeout: .seconds(8)) == [2, 1])
        server.stop()
    }

    @Test func oversizedMessagesAreRefusedByTheSender() throws {
        let server = try EchoServer()
        let client = try RequestSocket(dialing: server.address)
        let limit = 4 << 20
        #expect(throws: MessagingError(.tooLarge(bytes: limit + 1, limit: limit), address: client.address)) {
            _ = try client.call([UInt8](repeating: 0, count: limit + 1), timeout: .seconds(5))
        }
        let largest = [UInt8](repeating: 3, count: limit)
        #expect(try client.call(largest, timeout: .seconds(10)) == largest)
    }

    @Test func errorsNameTheAddressAndTheRemedy() throws {
        let taken = try ReplySocket(listening: ["tcp://127.0.0.1:0"])
        let address = taken.addresses[0]
        let error = #expect(throws: MessagingError.self) { _ = try ReplySocket(listening: [address]) }
        #expect(error?.reason == .addressInUse)
        #expect(error?.description.contains(address) == true)
        #expect(error?.description.contains("another port") == true)
        for wrong in ["", "127.0.0.1", "http//x", "tcp://", "quic://127.0.0.1:5"] {
            let error = #expect(throws: MessagingError.self) { _ = try RequestSocket(dialing: wrong) }
            #expect(error?.reason == .badAddress, "\(wrong)")
        }
    }

    @Test func subscribersHearThePublisher() throws {
        let publisher = try PublishSocket(listening: "tcp://127.0.0.1:0")
        let subscribers = try (0..<3).map { _ in try SubscribeSocket(dialing: publisher.address) }
        for subscriber in subscribers {
            var heard: [UInt8]?
            for round in 0..<100 where heard == nil {
                try publisher.publish([7, UInt8(round)])
                heard = try subscriber.receive(timeout: .milliseconds(50))
            }
            #expect(heard?.first == 7)
        }
        #expect(throws: MessagingError.self) {
            try publisher.publish([UInt8](repeating: 0, count: 5 << 20))
        }
    }

    @Test func publishingNeverWaitsForASubscriberThatDoesNotRead() throws {
        let publisher = try PublishSocket(listening: "tcp://127.0.0.1:0")
        let sleeper = try SubscribeSocket(dialing: publisher.address)
        let began = ContinuousClock.now
        let bytes = [UInt8](repeating: 5, count: 1 << 20)
        for _ in 0..<200 { try publisher.publish(bytes) }
        #expect(ContinuousClock.now - began < .seconds(5))
        _ = sleeper
    }
}
