/// Measures traffic frame by frame: cells of 50 m of road and 5 s of time, all lanes together, each with its
/// density, flow and speed as Edie defined them ("Discussion of traffic stream measurements and definitions",
/// 1963): the time that vehicles spend in a cell, and how far they drive in it, over the cell's area.
///
/// Only cells that are seen whole count. Accelerations are speed differences over 1 s and jerks second
/// differences over 1 s, for recorded and simulated vehicles alike.
public final class TrafficMeter {
    static let cellMeters: Float = 50
    static let framesPerCell = 10
    /// A driver follows if somebody is at most this far ahead, metres.
    static let farthestLeader: Float = 120

    fileprivate struct Sample {
        var speed: Float
        var gap: Float?
        var headway: Float?
        var timeToCollision: Float?
        var acceleration: Float?
        var jerk: Float?
        var isLaneChange: Bool
        /// Nobody is ahead, and one could see him.
        var isFree = false
    }

    private struct Past {
        var frame: Int
        var speed: Float
        var speedBefore: Float?
        /// The lane he is believed to be in.
        var lane: Int
    }

    private var frame = 0
    private var past: [Int: Past] = [:]
    private var cells: [Int: [Sample]] = [:]
    private var seenWhole: ClosedRange<Float>?
    private var laneCount = 1
    private let emit: (TrafficCell) -> Void

    /// - Parameter emit: receives every cell that was seen whole.
    init(emit: @escaping (TrafficCell) -> Void) { self.emit = emit }

    /// - Parameter measures: adds everything to this.
    public static func measure(_ frames: some Sequence<TrafficFrame>, into measures: inout TrafficMeasures) {
        var found: [TrafficCell] = []
        let meter = TrafficMeter { found.append($0) }
        for frame in frames { meter.add(frame) }
        for cell in found { measures.add(cell) }
    }

    /// Frames come `TrafficFrame.interval` apart.
    func add(_ now: TrafficFrame) {
        laneCount = now.laneCount
        let before = seenWhole ?? now.seen
        let low = max(before.lowerBound, now.seen.lowerBound), high = min(before.upperBound, now.seen.upperBound)
        seenWhole = low...max(low, high)
        var previous = [Int?](repeating: nil, count: now.laneCount)
        let order = now.vehicles.indices.sorted { now.vehicles[$0].s > now.vehicles[$1].s }
        for index in order {
            let vehicle = now.vehicles[index]
            guard previous.indices.contains(vehicle.lane) else { continue }
            let leader = previous[vehicle.lane].map { now.vehicles[$0] }
            previous[vehicle.lane] = index
            var sample = sample(vehicle, leader: leader)
            sample.isFree = sample.gap == nil && vehicle.s + Self.farthestLeader < now.seen.upperBound
            guard now.seen.contains(vehicle.s) else { continue }
            cells[Int((vehicle.s / Self.cellMeters).rounded(.down)), default: []].append(sample)
        }
        frame += 1
        if frame % Self.framesPerCell == 0 { close() }
    }

    private func sample(_ vehicle: TrafficFrame.Vehicle, leader: TrafficFrame.Vehicle?) -> Sample {
        var sample = Sample(speed: vehicle.speed, isLaneChange: false)
        if let leader, leader.s - vehicle.s < Self.farthestLeader {
            let gap = leader.s - vehicle.s - 0.5 * (leader.length + vehicle.length)
            sample.gap = gap
            if vehicle.speed > 2 { sample.headway = (gap + leader.length) / vehicle.speed }
            let closing = vehicle.speed - leader.speed
            if closing > 0.1, gap > 0, gap / closing < 20 { sample.timeToCollision = gap / closing }
        }
        var next = Past(frame: frame, speed: vehicle.speed, speedBefore: nil, lane: vehicle.lane)
        if let before = past[vehicle.id], before.frame == frame - 1 {
            next.speedBefore = before.speed
            if let earlier = before.speedBefore {
                let interval = Float(TrafficFrame.interval)
                sample.acceleration = (vehicle.speed - earlier) / (2 * interval)
                sample.jerk = (vehicle.speed - 2 * before.speed + earlier) / (interval * interval)
            }
            // A lane is left for good when its line is a tenth of a lane behind: who drives on the line stays.
            if before.lane != vehicle.lane {
                if vehicle.offset.magnitude < 0.4 { sample.isLaneChange = true } else { next.lane = before.lane }
            }
        }
        past[vehicle.id] = next
        return sample
    }

    private func close() {
        defer {
            cells.removeAll(keepingCapacity: true)
            seenWhole = nil
            past = past.filter { $0.value.frame >= frame - 2 }
        }
        guard let seen = seenWhole, seen.upperBound - seen.lowerBound >= Self.cellMeters else { return }
        let first = Int((seen.lowerBound / Self.cellMeters).rounded(.up))
        let end = Int((seen.upperBound / Self.cellMeters).rounded(.down))
        guard first < end else { return }
        for index in first..<end {
            let samples = cells[index] ?? []
            var cell = TrafficCell(laneCount: laneCount)
            for sample in samples { cell.add(sample) }
            emit(cell)
        }
    }
}

/// One cell of road and time, with what was measured in it.
struct TrafficCell {
    var laneCount: Int
    var vehicleFrames: UInt64 = 0
    var millimeters: UInt64 = 0
    var laneChanges: UInt64 = 0
    var values: [(quantity: TrafficMeasures.Quantity, value: Double)] = []
    /// Speed and acceleration of those with nobody before them.
    var free: [(speed: Double, acceleration: Double)] = []

    init(laneCount: Int) { self.laneCount = laneCount }

    /// Vehicles per kilometre and lane.
    var density: Double {
        1000 * Double(vehicleFrames)
            / (Double(TrafficMeter.cellMeters) * Double(laneCount) * Double(TrafficMeter.framesPerCell))
    }
}

extension TrafficCell {
    fileprivate mutating func add(_ sample: TrafficMeter.Sample) {
        vehicleFrames += 1
        millimeters += UInt64((Double(max(sample.speed, 0)) * TrafficFrame.interval * 1000).rounded())
        if sample.isLaneChange { laneChanges += 1 }
        values.append((.speed, Double(sample.speed)))
        if let gap = sample.gap { values.append((.gap, Double(gap))) }
        if let headway = sample.headway { values.append((.headway, Double(headway))) }
        if let time = sample.timeToCollision { values.append((.timeToCollision, Double(time))) }
        if let acceleration = sample.acceleration { values.append((.acceleration, Double(acceleration))) }
        if let jerk = sample.jerk { values.append((.jerk, Double(jerk))) }
        if sample.isFree, let acceleration = sample.acceleration {
            free.append((Double(sample.speed), Double(acceleration)))
        }
    }
}

extension TrafficMeasures {
    mutating func add(_ cell: TrafficCell) {
        let bin = min(Int(cell.density / Self.densityStep), Self.densityBins - 1)
        fundamental[bin].cells += 1
        fundamental[bin].vehicleFrames += cell.vehicleFrames
        fundamental[bin].millimeters += cell.millimeters
        if cell.vehicleFrames > 0 {
            fundamental[bin].cellSpeeds.add(
                Double(cell.millimeters) / 1000 / (Double(cell.vehicleFrames) * TrafficFrame.interval))
        }
        let density = DensityClass(density: cell.density).rawValue
        for (quantity, value) in cell.values { histograms[density][quantity.rawValue].add(value) }
        for (speed, acceleration) in cell.free {
            let bin = min(Int(speed / Self.freeSpeedStep), freeAcceleration.count - 1)
            freeAcceleration[bin].add(acceleration)
        }
        laneChanges[density] += cell.laneChanges
        millimeters[density] += cell.millimeters
    }
}
