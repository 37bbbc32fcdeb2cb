/// What is measured about traffic, by density. Everything is counted in whole numbers, so that measures of
/// many rollouts add up to the same in any order.
public struct TrafficMeasures: Sendable, Equatable, Codable {
    public enum Quantity: Int, Sendable, CaseIterable, Codable {
        case speed = 0, gap, headway, timeToCollision, acceleration, jerk

        public var name: String {
            switch self {
            case .speed: "speed"
            case .gap: "gap"
            case .headway: "headway"
            case .timeToCollision: "time to collision"
            case .acceleration: "acceleration"
            case .jerk: "jerk"
            }
        }

        public var unit: String {
            switch self {
            case .speed: "m/s"
            case .gap: "m"
            case .headway, .timeToCollision: "s"
            case .acceleration: "m/s²"
            case .jerk: "m/s³"
            }
        }

        var histogram: Histogram {
            switch self {
            case .speed: Histogram(low: 0, high: 45, bins: 180)
            case .gap: Histogram(low: -5, high: 120, bins: 250)
            case .headway: Histogram(low: 0, high: 10, bins: 200)
            case .timeToCollision: Histogram(low: 0, high: 20, bins: 100)
            case .acceleration: Histogram(low: -8, high: 5, bins: 130)
            case .jerk: Histogram(low: -12, high: 12, bins: 120)
            }
        }
    }

    /// Density in vehicles per kilometre and lane, as the Highway Capacity Manual divides levels of service
    /// (11, 18, 26, 35 and 45 cars per mile and lane).
    public enum DensityClass: Int, Sendable, CaseIterable, Codable {
        case a = 0, b, c, d, e, f

        static let limits = [7.0, 11, 16, 22, 28]

        public init(density: Double) {
            self = DensityClass(rawValue: Self.limits.firstIndex { density < $0 } ?? Self.limits.count) ?? .f
        }

        public var name: String {
            switch self {
            case .a: "under 7"
            case .f: "over 28"
            default: "\(Int(Self.limits[rawValue - 1])) to \(Int(Self.limits[rawValue]))"
            }
        }
    }

    /// Cells of road and time of about the same density.
    public struct DensityBin: Sendable, Equatable, Codable {
        public var cells: UInt64 = 0
        /// Frames that vehicles spent in the cells, and how far they drove there, millimetres.
        public var vehicleFrames: UInt64 = 0
        public var millimeters: UInt64 = 0
        /// Mean speed of each cell.
        public var cellSpeeds = Histogram(low: 0, high: 45, bins: 90)

        /// Space-mean speed, m/s (Edie's definition).
        public var speed: Double? {
            vehicleFrames == 0 ? nil : Double(millimeters) / 1000 / (Double(vehicleFrames) * TrafficFrame.interval)
        }
    }

    /// Width of a `DensityBin`, vehicles per kilometre and lane.
    public static let densityStep = 4.0
    static let densityBins = 40

    /// Density from 0 on in steps of `densityStep`.
    public var fundamental = [DensityBin](repeating: DensityBin(), count: densityBins)
    /// `[DensityClass][Quantity]`.
    public var histograms = DensityClass.allCases.map { _ in Quantity.allCases.map(\.histogram) }
    /// Per `DensityClass`.
    public var laneChanges = [UInt64](repeating: 0, count: DensityClass.allCases.count)
    public var millimeters = [UInt64](repeating: 0, count: DensityClass.allCases.count)
    /// Acceleration of those with nobody before them, by speed in steps of `freeSpeedStep`.
    public var freeAcceleration = [Histogram](repeating: Quantity.acceleration.histogram, count: 15)

    /// m/s.
    public static let freeSpeedStep = 3.0

    public init() {}

    public func histogram(_ quantity: Quantity, _ density: DensityClass) -> Histogram {
        histograms[density.rawValue][quantity.rawValue]
    }

    /// Lane changes per vehicle-km; nil where nobody drove.
    public func laneChangeRate(_ density: DensityClass) -> Double? {
        let driven = Double(millimeters[density.rawValue]) / 1e6
        return driven == 0 ? nil : Double(laneChanges[density.rawValue]) / driven
    }

    public mutating func add(_ other: TrafficMeasures) {
        for bin in fundamental.indices {
            fundamental[bin].cells += other.fundamental[bin].cells
            fundamental[bin].vehicleFrames += other.fundamental[bin].vehicleFrames
            fundamental[bin].millimeters += other.fundamental[bin].millimeters
            fundamental[bin].cellSpeeds.add(other.fundamental[bin].cellSpeeds)
        }
        for density in histograms.indices {
            for quantity in histograms[density].indices {
                histograms[density][quantity].add(other.histograms[density][quantity])
            }
            laneChanges[density] += other.laneChanges[density]
            millimeters[density] += other.millimeters[density]
        }
        for bin in freeAcceleration.indices { freeAcceleration[bin].add(other.freeAcceleration[bin]) }
    }
}
