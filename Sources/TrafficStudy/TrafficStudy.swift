import Dispatch
import Foundation
import Metrics
import Rollout
import Scenarios
import Synchronization
import TrafficData
import WorldModel

/// Long free rollouts of the default campaign's traffic, and what becomes of it.
public enum TrafficStudy {
    public struct Options: Sendable {
        public var worldModel: WorldModel
        /// The mix, the seed and the rest of what is rolled out; its policy and horizon are set here.
        public var campaign = Campaign()
        public var scenarios = 128
        /// Length of each rollout, from 0.5 to 60.
        public var minutes = 5.0
        /// Scenes are shared out among them; the result does not depend on their number.
        public var threads = 2
        /// A folder of recordings to compare with, as `TrafficDataSet` reads it.
        public var recordings: URL?

        public var studies: Set<Study> = Set(Study.allCases)

        public init(worldModel: WorldModel) { self.worldModel = worldModel }
    }

    /// What is looked at.
    public enum Study: String, Sendable, CaseIterable, Codable {
        /// Free rollouts of the campaign's scenarios: faults, traffic as a whole, drivers one by one.
        case traffic
        /// Traffic left to itself on a ring: speed over density, waves.
        case ring
        /// One vehicle is made to brake, cut in or stop: how the one behind answers.
        case reactions
    }

    /// - Parameter progress: what was done last.
    /// - Throws: `RolloutEngine.Failure`, `TrafficDataError`.
    public static func run(
        _ options: Options, progress: @Sendable (String) -> Void = { _ in }
    ) throws -> TrafficReport {
        var campaign = options.campaign
        campaign.policy = .worldModel
        campaign.horizonSeconds = (options.minutes * 120).rounded() / 2
        let result = try !options.studies.contains(.traffic) ? FreeRollouts.Result() : FreeRollouts.run(
            campaign: campaign, model: options.worldModel, scenarios: options.scenarios, threads: options.threads,
            progress: { progress("\($0) of \(options.scenarios) scenarios") })
        var report = TrafficReport(result, options)
        if options.studies.contains(.ring) { report.ring = try rings(options, progress) }
        if options.studies.contains(.reactions) { report.scripted = try scripted(options, progress) }
        if let folder = options.recordings { report.recorded = try recordedRoads(folder) }
        return report
    }

    /// Freeway recordings of every split: nothing is tuned here.
    private static func recordedRoads(_ folder: URL) throws -> [TrafficReport.RecordedRoad] {
        let roads: [RecordingSource] = [.us101, .i24]
        let set = try TrafficDataSet.load(folder, sources: Set(roads))
        let tracks = try SingleTracks(folder: folder)
        var found = roads.compactMap { road -> TrafficReport.RecordedRoad? in
            let scenes = set.scenes.filter { $0.source == road }
            if scenes.isEmpty { return nil }
            var measures = TrafficMeasures()
            var behaviour = BehaviourLog()
            for scene in scenes {
                let stride = Int(TrafficFrame.interval * 10)
                TrafficMeter.measure(RecordedTraffic.frames(scene.recording, stride: stride), into: &measures)
                behaviour.add(scene.recording)
            }
            return TrafficReport.RecordedRoad(
                road: road.rawValue, measures: measures, behaviour: behaviour.summary,
                wave: WaveSpeed(longest: scenes.map(\.recording)))
        }
        if let tracks {
            let nothing = TrafficMeasures()
            found.append(
                .init(road: "US-101 *", measures: nothing, behaviour: tracks.us101, wave: tracks.us101Wave))
            found.append(.init(road: "I-80 *", measures: nothing, behaviour: tracks.i80, wave: nil))
        }
        return found
    }

    private static func rings(_ options: Options, _ progress: @Sendable (String) -> Void) throws -> [RingTraffic] {
        try sharedOut(ringDensities) { density in
            progress("ring of \(Int(density)) vehicles per km and lane")
            return try RingTraffic(density: density, model: options.worldModel, seed: options.campaign.seed)
        }
    }

    private static func scripted(
        _ options: Options, _ progress: @Sendable (String) -> Void
    ) throws -> [ScriptedOutcome] {
        try sharedOut(ScriptedAct.allCases) { act in
            progress("scenes in which one vehicle plays: \(act.rawValue)")
            return try ScriptedScenes.play(
                act, campaign: options.campaign, model: options.worldModel,
                scenarios: min(options.scenarios, mostScripted))
        }
    }

    /// Does `work` for each item, side by side; results in the items' order.
    private static func sharedOut<Item: Sendable, Found: Sendable>(
        _ items: [Item], _ work: @Sendable (Item) throws -> Found
    ) throws -> [Found] {
        let results = Mutex([Result<Found, any Error>?](repeating: nil, count: items.count))
        DispatchQueue.concurrentPerform(iterations: items.count) { index in
            let result = Result { try work(items[index]) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { try $0.compactMap { try $0?.get() } }
    }

    /// Scenes of each scripted act.
    static let mostScripted = 128
    /// Vehicles per kilometre and lane.
    static let ringDensities = [10.0, 20, 30, 40, 55]
}

/// What a study found.
public struct TrafficReport: Sendable, Codable {
    public var scenarios: Int
    public var minutes: Double
    public var seed: UInt64
    public var agentKilometers: Double
    public var agentHours: Double
    public var faults: FaultRates
    public var plausibility: Plausibility
    /// Share of decisions in which the collision guard barred the likeliest motion, by traffic family.
    public var guardShare: [String: Double]
    public var faultDetails: [TrafficFault]
    /// How each traffic family fared, minute by minute.
    public var course: [FamilyCourse]
    /// Minute by minute, all families.
    public var simulated: [TrafficMeasures]
    /// The recordings, road by road, measured in the same way; empty without data.
    public var recorded: [RecordedRoad] = []

    public struct RecordedRoad: Sendable, Codable {
        /// A star marks single tracks without their surroundings.
        public var road: String
        public var measures: TrafficMeasures
        public var behaviour: Behaviour
        /// How disturbances travel on it; nil where too little was recorded.
        public var wave: WaveSpeed?
    }

    /// Simulated drivers one by one.
    public var behaviour: Behaviour
    /// Traffic on a ring, by density.
    public var ring: [RingTraffic] = []
    /// What came of making one vehicle brake, cut in or stop.
    public var scripted: [ScriptedOutcome] = []

    public struct FamilyCourse: Sendable, Codable {
        public var family: TrafficFamily
        public var minutes: [MinuteSums]
    }

    init(_ result: FreeRollouts.Result, _ options: TrafficStudy.Options) {
        let findings = result.findings
        behaviour = result.traffic.behaviour.sorted { $0.key < $1.key }
            .reduce(into: BehaviourLog()) { $0.add($1.value) }.summary
        simulated = result.traffic.minutes
        course = zip(TrafficFamily.allCases, result.traffic.course).filter { $0.1.contains { $0.frames > 0 } }
            .map { FamilyCourse(family: $0, minutes: $1) }
        scenarios = options.scenarios
        minutes = options.minutes
        seed = options.campaign.seed
        faults = FaultRates(findings)
        agentKilometers = faults.rows[0].agentKilometers
        plausibility = findings.reduce(into: Plausibility()) { $0.add($1.plausibility) }
        agentHours = Double(plausibility.steps) * 0.1 / 3600
        guardShare = ["all": Self.guardShare(findings)]
        for family in TrafficFamily.allCases where findings.contains(where: { $0.family == family }) {
            guardShare[family.name] = Self.guardShare(findings.filter { $0.family == family })
        }
        faultDetails = findings.flatMap(\.faults)
    }

    private static func guardShare(_ findings: [RolloutFindings]) -> Double {
        let decisions = findings.reduce(0) { $0 + $1.decisions }
        return decisions == 0 ? 0 : Double(findings.reduce(0) { $0 + $1.guarded }) / Double(decisions)
    }
}
