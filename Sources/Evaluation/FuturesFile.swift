import Foundation
import RoadNetwork
import Rollout
import RolloutState
import StreetTraffic
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
        /// Who drives on streets, where the world model of freeways can't; nil: the shipped driver.
        public var streetDriver: StreetDriver?
        /// One agent that follows a plan instead of driving; everybody else reacts to it.
        public var ego: EgoPlan?
        /// Edge of an occupancy cell, metres; nil: 0.5.
        public var occupancyCell: Double?

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
    ///
    /// - Parameter occupancy: where to write the summary of `OccupancyTable`, if anywhere.
    /// - Throws: `TrafficDataError` where the scene can't be read, `EvaluationError`, `SafetensorsError`,
    ///   `RolloutEngine.Failure`.
    @discardableResult
    public static func write(
        scene: URL, options: Options, output: URL, occupancy: URL? = nil
    ) throws -> Summary {
        var options = options
        if occupancy == nil { options.occupancyCell = nil } else { options.occupancyCell = options.occupancyCell ?? 0.5 }
        let (rows, cells, summary) = try tables(scene: scene, options: options)
        try write(rows, to: output)
        if let occupancy, let cells { try write(cells, to: occupancy) }
        return summary
    }

    private static func write(_ bytes: [UInt8], to file: URL) throws {
        do {
            try Data(bytes).write(to: file, options: .atomic)
        } catch {
            throw EvaluationError.unwritable(path: file.path, reason: error.localizedDescription)
        }
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

    /// The files' bytes.
    private static func tables(scene: URL, options: Options) throws -> (
        rows: [UInt8], occupancy: [UInt8]?, summary: Summary
    ) {
        let file = try SceneFile(scene)
        let (futures, start) = try simulate(file, options)
        var table = FuturesTable(header: header)
        for rollout in 0..<options.rollouts {
            for group in futures { group.append(rollout: rollout, start: start, to: &table) }
        }
        let occupancy = options.occupancyCell.map { cell in
            var table = OccupancyTable(cell: cell)
            for group in futures { table.append(group, start: start) }
            return table.bytes
        }
        let summary = Summary(
            agents: futures.reduce(0) { $0 + $1.agents.count }, steps: futures[0].steps,
            rollouts: options.rollouts)
        return (table.bytes, occupancy, summary)
    }

    /// The futures of everybody in a scene, a group per carriageway, and the tenth of a second of scene
    /// time at which they start.
    private static func simulate(_ file: SceneFile, _ options: Options) throws -> ([FutureTracks], Int) {
        guard (1...10_000).contains(options.rollouts) else {
            throw EvaluationError.rollouts(options.rollouts)
        }
        guard options.horizon >= 0.1, options.horizon <= 600 else {
            throw EvaluationError.horizon(options.horizon)
        }
        let tenths = try simulated(file, options)
        let groups = try MomentGroup.all(
            of: file, at: tenths.lowerBound, filter: options.worldModel.startFilter)
        let agents = groups.reduce(0) { $0 + $1.ids.count }
        guard agents > 0 else { throw EvaluationError.nobodyThere(scene: file.name, from: options.from) }
        guard agents * options.rollouts * tenths.count <= rowLimit else {
            throw EvaluationError.tooManyRows(limit: rowLimit)
        }
        if let ego = options.ego, !groups.contains(where: { $0.ids.contains(ego.agent) }) {
            throw EvaluationError.unknownEgo(scene: file.name, agent: ego.agent, from: options.from)
        }
        let futures = try groups.map { group in
            try group.roll(options, start: tenths.lowerBound, steps: tenths.count)
        }
        return (futures, tenths.lowerBound)
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
