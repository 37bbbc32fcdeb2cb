import Foundation
import Metrics
import Rollout

/// Writes every state of every agent to a CSV file: one row per agent and step of 0.1 s, units in the
/// header, numbers with as many digits as it takes to get the same bits back.
public final class StateTable: RolloutObserver {
    public static let header = """
        scenario,step,time_s,agent,is_ego,kind,lane,s_m,d_m,x_m,y_m,heading_rad,speed_mps,\
        acceleration_mps2,length_m,width_m

        """

    public let path: String
    public private(set) var rows = 0
    private let file: FileHandle
    private var buffer = Data()
    private var failure: (any Error)?
    private static let bufferBytes = 1 << 16

    /// Creates the file, or replaces it.
    ///
    /// - Throws: `ReplayError.cannotWrite`.
    public init(path: String) throws {
        self.path = path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw ReplayError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        self.file = file
        buffer.reserveCapacity(2 * Self.bufferBytes)
        buffer.append(contentsOf: Self.header.utf8)
    }

    public func observe(scenario: UInt64, step: Int, seconds: Float, agents: [ObservedAgent]) {
        for agent in agents {
            let row = """
                \(scenario),\(step),\(seconds),\(agent.identity),\(agent.isEgo ? 1 : 0),\(agent.kind.name),\
                \(agent.lane),\(agent.s),\(agent.d),\(agent.x),\(agent.y),\(agent.heading),\(agent.speed),\
                \(agent.acceleration),\(agent.length),\(agent.width)

                """
            buffer.append(contentsOf: row.utf8)
        }
        rows += agents.count
        if buffer.count >= Self.bufferBytes { flush() }
    }

    /// Writes what is left and closes the file.
    ///
    /// - Throws: `ReplayError.cannotWrite` for the first write that failed, now or earlier.
    public func close() throws {
        flush()
        do { try file.close() } catch { failure = failure ?? error }
        if let failure {
            throw ReplayError.cannotWrite(path: path, reason: "\(failure.localizedDescription)")
        }
    }

    private func flush() {
        guard failure == nil else { return buffer.removeAll(keepingCapacity: true) }
        do { try file.write(contentsOf: buffer) } catch { failure = error }
        buffer.removeAll(keepingCapacity: true)
    }
}
