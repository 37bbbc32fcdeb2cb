import Foundation
import RoadNetwork
import Rollout
import RolloutState
import TrafficData
import WorldModel

/// Writes simulated futures of a recorded scene as a table.
///
/// CSV with the header `rollout,agent,time_s,x_m,y_m,heading_rad,speed_mps`: a row per rollout, agent and
/// 0.1 s after the start. `agent` is the vehicle's number in the scene's file (its obstacle id, or its
/// place in an I-24 list); `time_s` is scene time; position (box centre) and heading are in the file's
/// frame. Everybody who is there at the start has rows up to the horizon or the scene's end. Of the
/// recording only what happened up to the start is read.
public enum FuturesFile {
    public struct Options: Sendable {
        public var worldModel: WorldModel
        public var controller: Controller = .worldModel
        /// Scene time at which simulation starts, seconds. Between two frames, the frame before counts.
        public var from = 1.0
        /// Seconds after `from`.
        public var horizon = 6.0
        public var rollouts = 32
        public var seed: UInt64 = 7

        public init(worldModel: WorldModel) { self.worldModel = worldModel }
    }

    /// What was written.
    public struct Summary: Sendable, Equatable {
        public var agents: Int
        public var steps: Int
        public var rollouts: Int

        public init(agents: Int, steps: Int, rollouts: Int) {
            self.agents = agents
            self.steps = steps
            self.rollouts = rollouts
        }
    }

    /// One scene of a folder: what was written, or why not.
    public struct Outcome: Sendable {
        public var scene: String
        public var result: Result<Summary, any Error>
    }

    public static let header = "rollout,agent,time_s,x_m,y_m,heading_rad,speed_mps"
    /// The most rows in a file.
    static let rowLimit = 50_000_000

    /// Writes the futures of one scene. The same scene, options and build of the weights give the same
    /// bytes.
    /// - Throws: `TrafficDataError` where the scene can't be read or has no single carriageway,
    ///   `EvaluationError`, `RolloutEngine.Failure`.
    @discardableResult
    public static func write(scene: URL, options: Options, output: URL) throws -> Summary {
        let (table, summary) = try table(scene: scene, options: options)
        do {
            try Data(table).write(to: output, options: .atomic)
        } catch {
            throw EvaluationError.unwritable(path: output.path, reason: error.localizedDescription)
        }
        return summary
    }

    /// Writes the futures of every scene in a folder, each to `NAME.csv` in `output`, which is made if it
    /// isn't there. A scene that can't be simulated does not stop the others.
    /// - Throws: `EvaluationError` where a folder can't be read or made.
    public static func write(
        scenes folder: URL, options: Options, output: URL, progress: (Outcome) -> Void = { _ in }
    ) throws -> [Outcome] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw EvaluationError.unreadableFolder(path: folder.path, reason: error.localizedDescription)
        }
        do {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        } catch {
            throw EvaluationError.unwritable(path: output.path, reason: error.localizedDescription)
        }
        return names.filter(SceneFile.isScene).sorted().map { name in
            let target = output.appendingPathComponent(name.prefix { $0 != "." } + ".csv")
            let result = Result {
                try write(scene: folder.appendingPathComponent(name), options: options, output: target)
            }
            let outcome = Outcome(scene: name, result: result)
            progress(outcome)
            return outcome
        }
    }

    /// The file's bytes.
    private static func table(scene: URL, options: Options) throws -> ([UInt8], Summary) {
        guard (1...10_000).contains(options.rollouts) else {
            throw EvaluationError.rollouts(options.rollouts)
        }
        guard options.horizon >= 0.1, options.horizon <= 600 else {
            throw EvaluationError.horizon(options.horizon)
        }
        let file = try SceneFile(scene)
        let tenths = try simulated(file, options)
        let start = 0.1 * Double(tenths.lowerBound)
        let moments = try file.carriageways.compactMap { try RecordedMoment($0, at: start) }
        let agents = moments.reduce(0) { $0 + $1.tracks.count }
        guard agents > 0 else { throw EvaluationError.nobodyThere(scene: file.name, from: options.from) }
        guard agents * options.rollouts * tenths.count <= rowLimit else {
            throw EvaluationError.tooManyRows(limit: rowLimit)
        }
        let simulator = try FuturesSimulator(worldModel: options.worldModel)
        let carriageways = moments.map { moment in
            Carriageway(
                moment: moment,
                futures: simulator.roll(
                    agents: moment.initial, corridor: moment.recording.corridor,
                    controller: options.controller,
                    rollouts: options.rollouts, steps: tenths.count, seed: options.seed,
                    starts: options.controller == .worldModel
                        ? { moment.start(rollout: $0, seed: options.seed) } : nil))
        }
        var table = FuturesTable(header: header)
        for rollout in 0..<options.rollouts {
            for carriageway in carriageways {
                carriageway.append(rollout: rollout, start: tenths.lowerBound, to: &table)
            }
        }
        return (table.bytes, Summary(agents: agents, steps: tenths.count, rollouts: options.rollouts))
    }

    /// Start and end of simulation in tenths of a second of scene time: whole numbers, so that no
    /// rounding error moves a frame.
    private static func simulated(_ file: SceneFile, _ options: Options) throws -> Range<Int> {
        let outside = EvaluationError.startOutside(
            scene: file.name, from: options.from, first: file.first, last: file.last)
        guard options.from >= file.first, options.from < file.last else { throw outside }
        let start = Int((options.from * 10 + 1e-3).rounded(.down))
        let end = Int((min(options.from + options.horizon, file.last) * 10 + 1e-3).rounded(.down))
        guard end > start else { throw outside }
        return start..<end
    }
}

/// One carriageway's futures.
private struct Carriageway {
    let moment: RecordedMoment
    let futures: Futures
    private let scene: SimulatedScene

    init(moment: RecordedMoment, futures: Futures) {
        self.moment = moment
        self.futures = futures
        scene = moment.simulatedScene(futures)
    }

    func append(rollout: Int, start: Int, to table: inout FuturesTable) {
        for (agent, track) in moment.tracks.enumerated() {
            let id = moment.recording.tracks[track].id
            for step in 0..<futures.steps {
                let speed = futures.speed[(rollout * futures.steps + step) * futures.agents + agent]
                table.append(
                    rollout: rollout, agent: id, tenth: start + step + 1,
                    pose: scene.pose(rollout: rollout, step: step, agent: agent), speed: Double(speed))
            }
        }
    }
}

extension RecordedMoment {
    /// Everybody of a carriageway at `time`, from what was recorded up to then; nil if nothing was.
    fileprivate init?(_ recording: Recording, at time: Double) throws {
        let known = recording.known(at: time)
        guard !known.tracks.isEmpty else { return nil }
        var road = try RoadRecording(known, filter: .init(shortestTrack: 0, longestOverlap: .infinity))
        let frame = Int(((time - road.firstTime) * 10).rounded())
        let present = Set(road.tracks.filter { $0.frames.contains(frame) }.map(\.id))
        // Whoever appeared just now has a single frame, which is not yet a track.
        for track in known.tracks where !present.contains(track.id) {
            guard let state = track.states.last, abs(state.time - time) < 1e-4 else { continue }
            road.tracks.append(road.newcomer(track, state, frame: frame))
        }
        self.init(recording: road, frame: frame)
    }
}

extension RoadRecording {
    fileprivate func newcomer(_ track: RecordedTrack, _ state: RecordedState, frame: Int) -> RoadTrack {
        let road = corridor.roadCoordinates(of: state.position)
        return RoadTrack(
            id: track.id, kind: track.kind, length: Float(track.length), width: Float(track.width),
            firstFrame: frame, s: [Float(road.s)], d: [Float(road.d)], heading: [0],
            speed: [Float(state.speed ?? 0)], lateralSpeed: [0], acceleration: [0],
            recordedSpeed: [state.speed.map { Float($0) } ?? .nan])
    }
}
