import Foundation
import Rollout
import StreetTraffic
import Synchronization
import TrafficData
import WorldModel

/// Closed-loop realism: simulates recorded moments and scores what comes out against what happened.
public enum Evaluation {
    public struct Options: Sendable {
        public var worldModel: WorldModel
        /// Who drives on streets, where the world model of freeways can't; nil: the shipped driver.
        public var streetDriver: StreetDriver?
        /// What kind of recordings are judged.
        public var places: Places = .all
        public var contenders: [Contender] = Contender.allCases
        /// Which recordings are judged.
        public var split: DataSplit = .test
        /// The score depends on this number; 32 is the challenge's.
        public var rollouts = 32
        public var seed: UInt64 = 1
        /// Scenes that are worked on at the same time. Changes no result.
        public var threads = 2

        public init(worldModel: WorldModel) { self.worldModel = worldModel }
    }

    /// Kinds of recordings.
    public enum Places: String, Sendable, CaseIterable, Codable {
        case freeways, streets, all
    }

    /// How far an evaluation is.
    public struct Progress: Sendable {
        public let finishedScenes: Int
        public let scenes: Int
        /// The scene that was finished last.
        public let scene: String
    }

    /// Simulations start this long after a recording's begin, seconds; only this past may be used.
    public static let start = 1.0
    /// And last this long, or to the recording's end, seconds. A longer recording is judged again from
    /// the end of each scene on.
    public static let horizon = 6.0
    /// Shorter scenes, the second before the start included, are not judged, seconds.
    public static let shortestScene = 4.0
    static let framesPerSecond = 10.0

    /// Judges every recording of `folder` that belongs to the options' split.
    /// - Throws: `TrafficDataError`, `EvaluationError`, `SafetensorsError`, `RolloutEngine.Failure`.
    public static func run(
        folder: URL, options: Options, progress: @Sendable (Progress) -> Void = { _ in }
    ) throws -> EvaluationReport {
        var roads: [RoadRecording] = []
        var streets: [StreetRecording] = []
        if options.places != .streets {
            roads = try TrafficDataSet.load(folder, sources: [.us101, .i24, .i80, .other])
                .recordings(options.split)
        }
        if options.places != .freeways { streets = try StreetDataSet.load(folder, split: options.split) }
        return try run(roads, streets: streets, options: options, progress: progress)
    }

    /// Judges `recordings` and `streets`, all of them. The result is a pure function of them and the
    /// options.
    /// - Throws: `EvaluationError.noScenes` if none is long enough, `SafetensorsError` where streets are to
    ///   be judged and the options name no driver and none is shipped, `RolloutEngine.Failure`.
    public static func run(
        _ recordings: [RoadRecording], streets: [StreetRecording] = [], options: Options,
        progress: @Sendable (Progress) -> Void = { _ in }
    ) throws -> EvaluationReport {
        guard (1...10_000).contains(options.rollouts) else {
            throw EvaluationError.rollouts(options.rollouts)
        }
        let starts = recordings.flatMap(scenes) + streets.flatMap(scenes)
        guard !starts.isEmpty else {
            throw EvaluationError.noScenes(recordings: recordings.count + streets.count)
        }
        var options = options
        if options.streetDriver == nil, !streets.isEmpty { options.streetDriver = try .shipped() }
        _ = try FuturesSimulator(worldModel: options.worldModel)
        let work = Mutex(Work(scores: Array(repeating: nil, count: starts.count)))
        DispatchQueue.concurrentPerform(iterations: max(1, min(options.threads, starts.count))) {
            [options] _ in
            while let index = work.withLock({ $0.take() }) {
                let scores = Result { try score(starts[index], number: index, options) }
                work.withLock {
                    $0.finish(index, scores)
                    progress(
                        Progress(
                            finishedScenes: $0.finished, scenes: starts.count, scene: starts[index].name))
                }
            }
        }
        let scores = try work.withLock { try $0.scores.map { try $0?.get() ?? [] } }
        return EvaluationReport(scenes: scores, options: options)
    }

    /// One moment that is judged.
    private struct Scene {
        enum Recording {
            case road(RoadRecording)
            case street(StreetRecording)
        }
        var recording: Recording
        var name: String
        var frame: Int
        var steps: Int
    }

    private struct Work {
        var scores: [Result<[EvaluationReport.SceneResult], any Error>?]
        var next = 0
        var finished = 0

        mutating func take() -> Int? {
            guard next < scores.count else { return nil }
            next += 1
            return next - 1
        }

        mutating func finish(_ index: Int, _ result: Result<[EvaluationReport.SceneResult], any Error>) {
            scores[index] = result
            finished += 1
        }
    }

    private static func scenes(of recording: RoadRecording) -> [Scene] {
        scenes(.road(recording), recording.name, frameCount: recording.frameCount)
    }

    private static func scenes(of recording: StreetRecording) -> [Scene] {
        scenes(.street(recording), recording.name, frameCount: recording.frameCount)
    }

    private static func scenes(_ recording: Scene.Recording, _ name: String, frameCount: Int) -> [Scene] {
        func frames(_ seconds: Double) -> Int { Int((seconds * framesPerSecond).rounded()) }
        let fewest = frames(shortestScene - start)
        let last = frameCount - 1
        return stride(from: frames(start), through: last - fewest, by: frames(horizon)).map { frame in
            let seconds = Double(frame) / framesPerSecond
            return Scene(
                recording: recording, name: "\(name) from \(seconds) s", frame: frame,
                steps: min(frames(horizon), last - frame))
        }
    }

    /// One score per contender.
    private static func score(_ scene: Scene, number: Int, _ options: Options) throws
        -> [EvaluationReport.SceneResult]
    {
        let seed = options.seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        switch scene.recording {
        case .road(let recording):
            let moment = RecordedMoment(
                recording: recording, frame: scene.frame, filter: options.worldModel.startFilter)
            let judged = moment.judgedScene(name: scene.name, steps: scene.steps)
            let simulator = try FuturesSimulator(worldModel: options.worldModel)
            return options.contenders.map { contender in
                let simulated = contender.controller.map { controller in
                    moment.simulatedScene(
                        simulator.roll(
                            agents: moment.initial, corridor: recording.corridor, controller: controller,
                            parameters: contender.parameters(moment.initial, recording.corridor),
                            rollouts: options.rollouts, steps: judged.steps, seed: seed,
                            starts: controller == .worldModel
                                ? { moment.start(rollout: $0, seed: seed) } : nil))
                }
                return result(contender, judged, simulated, options)
            }
        case .street(let recording):
            let moment = StreetMoment(recording: recording, frame: scene.frame)
            let judged = moment.judgedScene(name: scene.name, steps: scene.steps)
            return options.contenders.filter(\.drivesOnStreets).map { contender in
                let simulated = contender.streetController(options.streetDriver).map { controller in
                    let simulator = StreetSimulator(
                        map: moment.map, agents: moment.agents, controller: controller)
                    return moment.simulatedScene(
                        simulator.roll(rollouts: options.rollouts, steps: judged.steps, seed: seed),
                        rollouts: options.rollouts, steps: judged.steps)
                }
                return result(contender, judged, simulated, options)
            }
        }
    }

    /// - Parameter simulated: nil: the recording itself.
    private static func result(
        _ contender: Contender, _ judged: JudgedScene, _ simulated: SimulatedScene?, _ options: Options
    ) -> EvaluationReport.SceneResult {
        let simulated = simulated ?? judged.recordingAsSimulation(rollouts: options.rollouts)
        return .init(contender: contender, score: RealismMetrics.score(judged, simulated))
    }
}
