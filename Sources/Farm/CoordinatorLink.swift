import Foundation
import Messaging

/// A worker's line to its coordinator. For one thread.
final class CoordinatorLink {
    /// After so many unanswered attempts, and then after twice as many each time, a new socket is tried: in
    /// nng 1.5 a connection that breaks can stop its socket, and every other one, from ever connecting again.
    private static let attemptsBeforeNewSocket = 2
    private static let socketLimit = 16

    private let configuration: WorkerConfiguration
    private var socket: RequestSocket
    /// Sockets that stayed silent. Not closed: that is not safe while the process goes on.
    private var silent: [RequestSocket] = []
    private var nextSocket = 0
    private var wasAnswered = false
    /// Why there was no answer, as far as that is known.
    private(set) var problem: ConnectionProblem?

    init(_ configuration: WorkerConfiguration) throws(MessagingError) {
        self.configuration = configuration
        socket = try RequestSocket(dialing: configuration.join, protection: configuration.protection)
    }

    /// - Parameter attempt: counts from 1 for each request.
    /// - Returns: nil if there was no answer in time; `problem` may then say why.
    /// - Throws: `WorkerError.shutOut`, or `MessagingError`, for what repeating can't mend.
    func ask(_ request: FarmRequest, attempt: Int) throws -> [UInt8]? {
        if attempt == 1 { nextSocket = Self.attemptsBeforeNewSocket }
        if attempt > nextSocket, silent.count < Self.socketLimit {
            nextSocket *= 2
            silent.append(socket)
            socket = try RequestSocket(dialing: configuration.join, protection: configuration.protection)
        }
        do {
            let answer = try socket.call(request.encoded(), timeout: .seconds(configuration.answerSeconds))
            wasAnswered = true
            return answer
        } catch {
            guard error.reason == .timedOut else { throw error }
            if attempt.nonzeroBitCount == 1 { try probe() }
            return nil
        }
    }

    private func probe() throws(WorkerError) {
        problem = ConnectionProbe.problem(at: configuration.join, protection: configuration.protection)
        // Once it was connected, a bad certificate may be somebody else's in between.
        if let problem, problem.isLasting, !wasAnswered {
            throw .shutOut(address: configuration.join, problem)
        }
    }
}
