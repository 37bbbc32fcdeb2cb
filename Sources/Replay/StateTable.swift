import Foundation
import Metrics

/// Writes recordings to a CSV file: one row per agent and step of 0.1 s, units in the header, numbers with
/// as many digits as it takes to get the same bits back.
public final class StateTable {
    public static let header = """
        scenario,step,time_s,agent,is_ego,kind,lane,s_m,d_m,x_m,y_m,heading_rad,speed_mps,\
        acceleration_mps2,length_m,width_m,brake_lights,leader

        """

    public private(set) var rows = 0
    private let file: OutputFile

    /// Creates the file, or replaces it.
    ///
    /// - Throws: `ReplayError.cannotWrite`.
    public init(path: String) throws {
        file = try OutputFile(path: path)
        file.append(Self.header.utf8)
    }

    /// Adds every state of a rollout.
    ///
    /// - Throws: `ReplayError.cannotWrite`.
    public func append(_ recording: RolloutRecording) throws {
        let scenario = recording.record.scenario
        for index in recording.steps.indices {
            // As rollouts give it: the float nearest to a tenth of the step's number.
            let seconds = Float(index + 1) * Float(RolloutRecording.stepSeconds)
            for state in recording.states(at: index) {
                let agent = recording.agents[state.agent]
                let leader = state.leader.map { "\(recording.agents[$0].identity)" } ?? ""
                let row = """
                    \(scenario),\(index + 1),\(seconds),\(agent.identity),\(agent.isEgo ? 1 : 0),\
                    \(agent.kind.name),\(state.lane),\(state.s),\(state.d),\(state.x),\(state.y),\
                    \(state.heading),\(state.speed),\(state.acceleration),\(agent.length),\(agent.width),\
                    \(state.showsBrakeLights ? 1 : 0),\(leader)

                    """
                file.append(row.utf8)
            }
        }
        rows += recording.states.count
        try file.check()
    }

    /// Writes what is left and closes the file.
    ///
    /// - Throws: `ReplayError.cannotWrite` for the first write that failed, now or earlier.
    public func close() throws { try file.close() }
}
