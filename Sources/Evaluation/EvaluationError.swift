import Foundation

/// Why there is nothing to judge, or no future to write.
public enum EvaluationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not one of the recordings is long enough.
    case noScenes(recordings: Int)
    case rollouts(Int)
    case horizon(Double)
    /// `from` lies outside the recording, which is known from `first` to `last` seconds of scene time.
    case startOutside(scene: String, from: Double, first: Double, last: Double)
    /// Nobody is recorded at the start.
    case nobodyThere(scene: String, from: Double)
    /// Neither CommonRoad XML nor I-24 MOTION JSON, as the name's ending tells.
    case unknownFormat(file: String)
    case tooManyRows(limit: Int)
    /// The agent that a plan is for isn't there at the start.
    case unknownEgo(scene: String, agent: Int, from: Double)
    /// A line of a plan file isn't what it should be.
    case badPlan(file: String, line: Int, expected: String)
    /// A plan's first row asks for such a speed, m/s, from where the agent is.
    case planOutOfReach(agent: Int, speed: Double)
    case unreadableFolder(path: String, reason: String)
    case unwritable(path: String, reason: String)

    public var description: String {
        switch self {
        case .noScenes(let recordings):
            "None of \(recordings) recordings holds a scene of \(Evaluation.shortestScene) s. "
                + "Check the data folder: it needs commonroad/*.xml.gz or i24/*.json.gz."
        case .rollouts(let rollouts):
            "\(rollouts) rollouts can't be scored or written. Ask for 1 to 10,000; 32 is usual."
        case .horizon(let seconds):
            "A horizon of \(seconds) s can't be simulated. Ask for 0.1 to 600 s; 6 is usual."
        case .startOutside(let scene, let from, let first, let last):
            "\(scene): nothing is recorded at \(from) s, or nothing follows. "
                + "Start between \(first) and \(last) s of scene time."
        case .nobodyThere(let scene, let from):
            "\(scene): no vehicle is recorded at \(from) s. Choose another start."
        case .unknownFormat(let file):
            "\(file): not a recording that can be read. "
                + "Give a CommonRoad scenario (.xml, .xml.gz) or I-24 MOTION trajectories (.json, .json.gz)."
        case .tooManyRows(let limit):
            "More than \(limit) rows for one scene. Ask for fewer rollouts or a shorter horizon."
        case .unknownEgo(let scene, let agent, let from):
            "\(scene): no agent \(agent) at \(from) s. "
                + "Name one of the scene's obstacle ids that is recorded at the start."
        case .badPlan(let file, let line, let expected):
            "\(file), line \(line): expected \(expected)."
        case .planOutOfReach(let agent, let speed):
            "The plan's first row is out of agent \(agent)'s reach: it takes \(String(format: "%.0f", speed)) m/s to get there. "
                + "Give places in the frame of the scene's file, and at most \(Int(EgoPlan.fastest)) m/s."
        case .unreadableFolder(let path, let reason):
            "\(path): can't be listed (\(reason)). Check the path."
        case .unwritable(let path, let reason):
            "\(path): can't be written (\(reason)). Check that the folder exists and has room."
        }
    }
}
