import Metrics

/// One quantity under policies A and B on the same scenarios.
public struct ComparedMetric: Sendable, Equatable, Codable {
    public enum Verdict: String, Sendable, Codable {
        case better = "B is better"
        case worse = "B is worse"
        case undecided = "no difference shown"
    }

    /// What `--fail-if-worse` calls it.
    public var key: String
    public var name: String
    /// `per million km`, or a unit of means over rollouts.
    public var unit: String
    public var a: Double?
    public var b: Double?
    /// How often it happened; nil for means.
    public var countA: UInt64?
    public var countB: UInt64?
    /// B less A, paired by scenario, with its 95 % interval.
    public var difference: Estimate?
    /// Of the scenarios in which it happened at all; nil for means.
    public var mcnemar: McNemarTest?
    /// At 95 % confidence: by the exact McNemar test where one rollout brings one event at most, otherwise by
    /// the interval of the difference.
    public var verdict: Verdict
}

/// What adds up while pairs are read.
struct EventPairs {
    let definition: EventDefinition
    private var moments = PairedMoments()
    private var onlyA: UInt64 = 0
    private var onlyB: UInt64 = 0

    init(_ definition: EventDefinition) { self.definition = definition }

    mutating func add(_ a: RolloutRecord, _ b: RolloutRecord) {
        let countA = definition.count(a), countB = definition.count(b)
        moments.add(
            eventsA: Double(countA), kilometersA: Double(a.egoMeters) / 1000, eventsB: Double(countB),
            kilometersB: Double(b.egoMeters) / 1000)
        if countA > 0 && countB == 0 { onlyA += 1 }
        if countB > 0 && countA == 0 { onlyB += 1 }
    }

    /// - Parameter isHarmful: false for what is neither good nor bad.
    func metric(isHarmful: Bool) -> ComparedMetric {
        let test = McNemarTest(onlyA: onlyA, onlyB: onlyB)
        let difference = moments.difference
        var verdict = ComparedMetric.Verdict.undecided
        if isHarmful {
            verdict = definition.repeats
                ? .of(difference, lowIsGood: true)
                : test.pValue >= 0.05 ? .undecided : onlyB > onlyA ? .worse : .better
        }
        return ComparedMetric(
            key: definition.key, name: definition.name, unit: "per million km", a: moments.rateA,
            b: moments.rateB, countA: UInt64(moments.eventsA), countB: UInt64(moments.eventsB),
            difference: difference, mcnemar: test, verdict: verdict)
    }
}

struct MeanPairs {
    let key: String
    let name: String
    let unit: String
    let lowIsGood: Bool
    let value: @Sendable (RolloutRecord) -> Double?
    private var difference = PairedDifference()

    init(
        key: String, name: String, unit: String, lowIsGood: Bool,
        value: @escaping @Sendable (RolloutRecord) -> Double?
    ) {
        (self.key, self.name, self.unit, self.lowIsGood) = (key, name, unit, lowIsGood)
        self.value = value
    }

    mutating func add(_ a: RolloutRecord, _ b: RolloutRecord) {
        if let valueA = value(a), let valueB = value(b) { difference.add(valueA, valueB) }
    }

    var metric: ComparedMetric {
        let count = difference.count
        let estimate = difference.estimate
        return ComparedMetric(
            key: key, name: name, unit: unit, a: count > 0 ? difference.sumA / count : nil,
            b: count > 0 ? difference.sumB / count : nil, countA: nil, countB: nil, difference: estimate,
            mcnemar: nil, verdict: .of(estimate, lowIsGood: lowIsGood))
    }

    static let all = [
        MeanPairs(key: "mean-speed", name: "mean speed", unit: "m/s", lowIsGood: false) {
            $0.simulatedSeconds > 0 ? Double($0.egoMeters / $0.simulatedSeconds) : nil
        },
        MeanPairs(key: "ego-distance", name: "distance of a rollout", unit: "km", lowIsGood: false) {
            Double($0.egoMeters) / 1000
        },
        MeanPairs(key: "maximum-jerk", name: "largest jerk", unit: "m/s³", lowIsGood: true) {
            Double($0.maximumJerk)
        },
    ]
}

extension ComparedMetric.Verdict {
    /// By whether the interval of a difference holds zero.
    static func of(_ difference: Estimate?, lowIsGood: Bool) -> Self {
        guard let difference, difference.low > 0 || difference.high < 0 else { return .undecided }
        return (difference.low > 0) == lowIsGood ? .worse : .better
    }
}
