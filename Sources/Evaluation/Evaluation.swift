import Foundation
import Rollout
import Synchronization
import TrafficData
import WorldModel

/// Closed-loop realism: simulates recorded moments and scores what comes out against what happened.
public enum Evaluation {
    public struct Options: Sendable {
        public var worldModel: WorldModel
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
    /// - Throws: `TrafficDataError`, `EvaluationError`, `RolloutEngine.Failure`.
    public static func run(
        folder: URL, options: Options, progress: @Sendable (Progress) -> Void = { _ in }
    ) throws -> EvaluationReport {
        let set = try TrafficDataSet.load(folder)
        return try run(set.recordings(options.split), options: options, progress: progress)
    }

    /// Judges `recordings`, all of them. The result is a pure function of recordings and options.
    /// - Throws: `EvaluationError.noScenes` if none is long enough, `RolloutEngine.Failure`.
    public static func run(
        _ recordings: [RoadRecording], options: Options, progress: @Sendable (Progress) -> Void = { _ in }
    ) throws -> EvaluationReport {
        guard (1...10_000).contains(options.rollouts) else {
            throw EvaluationError.rollouts(options.rollouts)
        }
        let starts = recordings.flatMap(scenes)
        guard !starts.isEmpty else { throw EvaluationError.noScenes(recordings: recordings.count) }
        _ = try FuturesSimulator(worldModel: options.worldModel)
        let work = Mutex(Work(scores: Array(repeating: nil, count: starts.count)))
        DispatchQueue.concurrentPerform(iterations: max(1, min(options.threads, starts.count))) { _ in
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
        var recording: RoadRecording
        var name: String
        var frame: Int
        var steps: Int
    }

    private struct Work {
        var scores: [Result<[SceneScore], any Error>?]
        var next = 0
        var finished = 0

        mutating func take() -> Int? {
            guard next < scores.count else { return nil }
            next += 1
            return next - 1
        }

        mutating func finish(_ index: Int, _ result: Result<[SceneScore], any Error>) {
            scores[index] = result
            finished += 1
        }
    }

    private static func scenes(of recording: RoadRecording) -> [Scene] {
        func frames(_ seconds: Double) -> Int { Int((seconds * framesPerSecond).rounded()) }
        let fewest = frames(shortestScene - start)
        let last = recording.frameCount - 1
        return stride(from: frames(start), through: last - fewest, by: frames(horizon)).map { frame in
            let seconds = Double(frame) / framesPerSecond
            return Scene(
                recording: recording, name: "\(recording.name) from \(seconds) s", frame: frame,
                steps: min(frames(horizon), last - frame))
        }
    }

    /// One score per contender.
    private static func score(_ scene: Scene, number: Int, _ options: Options) throws -> [SceneScore] {
        let moment = RecordedMoment(recording: scene.recording, frame: scene.frame)
        let judged = moment.judgedScene(name: scene.name, steps: scene.steps)
        let simulator = try FuturesSimulator(worldModel: options.worldModel)
        let seed = options.seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        return options.contenders.map { contender in
            guard let controller = contender.controller else {
                return RealismMetrics.score(
                    judged, judged.recordingAsSimulation(rollouts: options.rollouts))
            }
            let futures = simulator.roll(
                agents: moment.initial, corridor: scene.recording.corridor, controller: controller,
                parameters: moment.initial.map { _ in contender.parameters }, rollouts: options.rollouts,
                steps: judged.steps, seed: seed,
                starts: controller == .worldModel ? { moment.start(rollout: $0, seed: seed) } : nil)
            return RealismMetrics.score(judged, moment.simulatedScene(futures))
        }
    }
}
