import Metrics
import RolloutState
import RoadNetwork
import Scenarios
import WorldModel

/// Measures the traffic of free rollouts, minute by minute. One a thread; scenes side by side.
final class SimulatedTraffic {
    /// What was measured.
    struct Result: Sendable {
        /// Per minute of the rollouts.
        var minutes: [TrafficMeasures] = []
        /// Per traffic family and minute.
        var course = [[MinuteSums]](repeating: [], count: TrafficFamily.allCases.count)
        /// Of the first scenarios, in their order.
        var behaviour: [UInt64: BehaviourLog] = [:]

        mutating func add(_ other: Result) {
            for (minute, measures) in other.minutes.enumerated() {
                if minute == minutes.count { minutes.append(TrafficMeasures()) }
                minutes[minute].add(measures)
            }
            behaviour.merge(other.behaviour) { first, _ in first }
            for family in course.indices {
                for (minute, sums) in other.course[family].enumerated() {
                    if minute == course[family].count { course[family].append(MinuteSums()) }
                    course[family][minute].add(sums)
                }
            }
        }
    }

    private(set) var result = Result()
    private let minuteCount: Int
    private var meters: [UInt64: TrafficMeter] = [:]
    private var drivers: [UInt64: DriverLog] = [:]
    private var reactions: [UInt64: ReactionLog] = [:]
    private var minuteNow = 0

    /// Drivers are looked at one by one in this many scenarios.
    static let closelyWatched: UInt64 = 64

    init(minutes: Double) {
        minuteCount = max(1, Int(minutes.rounded(.up)))
        result.minutes = Array(repeating: TrafficMeasures(), count: minuteCount)
        result.course = TrafficFamily.allCases.map { _ in
            Array(repeating: MinuteSums(), count: minuteCount)
        }
    }

    func finish(_ scenario: UInt64) {
        meters[scenario] = nil
        guard let drivers = drivers.removeValue(forKey: scenario),
            let reactions = reactions.removeValue(forKey: scenario)
        else { return }
        var log = BehaviourLog()
        log.add(drivers)
        log.add(reactions)
        result.behaviour[scenario] = log
    }

    /// To be called after each step.
    func note(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        let state = batch.scenes[scene]
        guard state.step > state.measuredFrom else { return }
        let step = Int(state.step - state.measuredFrom)
        let isWatched = scenario.index < Self.closelyWatched
        guard isWatched || step % MotionVocabulary.stepsPerToken == 0 else { return }
        let frame = TrafficFrame(batch, scene: scene, scenario: scenario)
        if isWatched {
            reactions[scenario.index, default: ReactionLog()].add(frame)
            if step % 10 == 0 { drivers[scenario.index, default: DriverLog()].add(frame) }
        }
        guard step % MotionVocabulary.stepsPerToken == 0 else { return }
        minuteNow = min((step - 1) / 600, minuteCount - 1)
        meter(scenario.index).add(frame)
        result.course[Int(scenario.family.rawValue)][minuteNow].add(frame)
    }

    private func meter(_ scenario: UInt64) -> TrafficMeter {
        if let meter = meters[scenario] { return meter }
        let meter = TrafficMeter { [unowned self] in result.minutes[minuteNow].add($0) }
        meters[scenario] = meter
        return meter
    }
}

/// How traffic moved in one minute of all rollouts of a family.
public struct MinuteSums: Sendable, Equatable, Codable {
    public var frames: UInt64 = 0
    public var vehicles: UInt64 = 0
    /// Speeds, mm/s, summed over `vehicles`.
    public var speeds: UInt64 = 0
    /// Slower than walking, 1.5 m/s.
    public var crawling: UInt64 = 0
    /// Seen road times lanes, millimetres, summed over `frames`.
    public var laneMillimeters: UInt64 = 0

    public init() {}

    mutating func add(_ frame: TrafficFrame) {
        frames += 1
        laneMillimeters += UInt64(
            Double(frame.seen.upperBound - frame.seen.lowerBound) * Double(frame.laneCount) * 1000)
        for vehicle in frame.vehicles where frame.seen.contains(vehicle.s) {
            vehicles += 1
            speeds += UInt64(vehicle.speed * 1000)
            if vehicle.speed < 1.5 { crawling += 1 }
        }
    }

    mutating func add(_ other: MinuteSums) {
        frames += other.frames
        vehicles += other.vehicles
        speeds += other.speeds
        crawling += other.crawling
        laneMillimeters += other.laneMillimeters
    }

    /// m/s.
    public var meanSpeed: Double { vehicles == 0 ? 0 : Double(speeds) / 1000 / Double(vehicles) }
    public var crawlingShare: Double { vehicles == 0 ? 0 : Double(crawling) / Double(vehicles) }
    /// Vehicles per kilometre and lane.
    public var density: Double {
        laneMillimeters == 0 ? 0 : Double(vehicles) / (Double(laneMillimeters) / 1e6)
    }
}

extension TrafficFrame {
    /// A scene as it stands.
    ///
    /// The outermost tenth of the window, where newcomers enter, is not looked at.
    init(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        let state = batch.scenes[scene]
        let agents = batch.agents.from(scene * batch.stride)
        var vehicles: [TrafficFrame.Vehicle] = []
        vehicles.reserveCapacity(Int(state.slotCount))
        for slot in 0..<Int(state.slotCount) where agents.present[slot] != 0 {
            let s = agents.s[slot], sample = state.corridor.sample(at: s)
            let lane = Surroundings.laneOf(agents.d[slot], 0, s, state.corridor).lane
            let offset = agents.d[slot] - state.corridor.centre(lane: lane, sample: sample)
            vehicles.append(
                .init(
                    id: Int(agents.identity[slot]), lane: lane, s: s,
                    offset: offset / state.corridor.width(lane: lane, sample: sample), speed: agents.speed[slot],
                    length: agents.length[slot]))
        }
        let ego = agents.s[0]
        self.init(
            laneCount: Int(state.corridor.laneCount),
            seen: ego - 0.9 * scenario.windowBehind...ego + 0.9 * scenario.windowAhead, vehicles: vehicles)
    }
}
