import Foundation
import Messaging

/// A worker's line to its coordinator. Every request is repeated, unchanged, until it is answered; the
/// coordinator recognises repeats by their sequence. For one thread.
final class CoordinatorLink {
    private static let backOffSeconds = (least: 0.1, most: 5.0)
    /// After so many unanswered attempts, and then after twice as many each time, a new socket is tried: in nng
    /// 1.5 a connection that breaks can stop its socket, and every other one, from ever connecting again.
    private static let attemptsBeforeNewSocket = 2
    private static let socketLimit = 16

    let address: String
    /// The number from the last welcome.
    var worker: UInt64 = 0
    private var socket: RequestSocket
    /// Sockets that stayed silent. Not closed: that is not safe while the process goes on.
    private var silent: [RequestSocket] = []
    private let configuration: WorkerConfiguration
    private var sequence: UInt64 = 0
    private var wasAnswered = false

    init(_ configuration: WorkerConfiguration) throws(MessagingError) {
        address = configuration.join
        self.configuration = configuration
        socket = try RequestSocket(dialing: configuration.join, protection: configuration.protection)
    }

    /// - Parameters:
    ///   - isUrgent: asked between attempts; true gives up.
    ///   - onSilence: called if the first attempt stays unanswered, and again when the reason, which may be
    ///     unknown, has changed.
    /// - Returns: nil if it gave up because of `isUrgent`.
    /// - Throws: `WorkerError`, or `MessagingError` for what repeating can't mend.
    func ask(
        _ body: FarmRequest.Body, giveUp isUrgent: () -> Bool = { false }, onSilence: (ConnectionProblem?) -> Void = { _ in }
    ) throws -> FarmReply? {
        sequence += 1
        let request = FarmRequest(worker: worker, sequence: sequence, body: body).encoded()
        let began = ContinuousClock.now
        var backOff = Self.backOffSeconds.least
        var attempts = 0
        var told: ConnectionProblem?
        var nextSocket = Self.attemptsBeforeNewSocket
        while true {
            do {
                let answer = try socket.call(request, timeout: .seconds(configuration.answerSeconds))
                wasAnswered = true
                return try decode(answer)
            } catch let error as MessagingError where error.reason == .timedOut {
                attempts += 1
                if attempts.nonzeroBitCount == 1 {
                    let problem = ConnectionProbe.problem(at: address, protection: configuration.protection)
                    // Once it was connected, a bad certificate may be somebody else's in between.
                    if let problem, problem.isLasting, !wasAnswered {
                        throw WorkerError.shutOut(address: address, problem)
                    }
                    if attempts == 1 || problem != told { onSilence(problem) }
                    told = problem
                }
                let silence = (ContinuousClock.now - began) / .seconds(1)
                if let limit = configuration.giveUpAfterSeconds, silence > limit {
                    throw WorkerError.gone(address: address, seconds: silence)
                }
                if isUrgent() { return nil }
                if attempts == nextSocket, silent.count < Self.socketLimit {
                    nextSocket *= 2
                    silent.append(socket)
                    socket = try RequestSocket(dialing: address, protection: configuration.protection)
                }
                Thread.sleep(forTimeInterval: Double.random(in: 0.5...1) * backOff)
                backOff = min(backOff * 2, Self.backOffSeconds.most)
            }
        }
    }

    private func decode(_ answer: [UInt8]) throws(WorkerError) -> FarmReply {
        do {
            return try FarmReply(decoding: answer)
        } catch {
            throw .protocolBroken(address: address, error)
        }
    }
}
