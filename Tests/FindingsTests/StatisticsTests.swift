import Metrics
import Testing

import Findings

/// Against SciPy 1.17.1; each table says which call made it.
@Suite struct StatisticsTests {
    /// `beta.ppf(a, k, n - k + 1)` and `beta.ppf(1 - a, k + 1, n - k)` with `a = (1 - c)/2`.
    static let clopperPearson: [(count: UInt64, total: UInt64, confidence: Double, low: Double, high: Double)] = [
        (0, 1, 0.95, 0.0, 0.975), (1, 1, 0.95, 0.025, 1.0), (0, 10, 0.95, 0.0, 0.3084971078187607),
        (3, 10, 0.95, 0.0667395111777345, 0.6524528500599973), (10, 10, 0.95, 0.6915028921812392, 1.0),
        (1, 20000, 0.95, 1.2658895979755815e-06, 0.0002785503321745113),
        (37, 20000, 0.95, 0.0013028949062319376, 0.0025490886523771247),
        (9999, 20000, 0.95, 0.49299591114629093, 0.5069041033933557),
        (5, 8, 0.99, 0.1697004871228612, 0.9525359663535395),
        (250, 1000, 0.9, 0.2275434796716092, 0.2735536313237202),
        (123456, 1_000_000, 0.95, 0.12281184162962973, 0.12410234027680268),
    ]

    @Test func clopperPearsonAgreesWithSciPy() {
        for (count, total, confidence, low, high) in Self.clopperPearson {
            let interval = BinomialInterval(count: count, of: total, confidence: confidence)
            #expect(abs(interval.low - low) <= 1e-9 * low, "low end for \(count) of \(total): \(interval.low)")
            #expect(abs(interval.high - high) <= 1e-9 * high, "high end for \(count) of \(total): \(interval.high)")
        }
    }

    /// `binomtest(b, b + c, 0.5).pvalue`.
    static let mcNemar: [(UInt64, UInt64, Double)] = [
        (0, 0, 1.0), (0, 1, 1.0), (0, 5, 0.0625), (0, 6, 0.03125), (1, 9, 0.021484375), (3, 12, 0.03515625),
        (10, 10, 1.0), (17, 31, 0.05946337525377034), (120, 180, 0.0006342200069283566),
        (1000, 1100, 0.03072070786424249), (40000, 40700, 0.013870128598167823),
    ]

    @Test func mcNemarAgreesWithSciPyWhicheverPolicyComesFirst() {
        for (a, b, p) in Self.mcNemar {
            #expect(abs(McNemarTest(onlyA: a, onlyB: b).pValue - p) <= 1e-9 * p, "\(a) and \(b)")
            #expect(McNemarTest(onlyA: b, onlyB: a).pValue == McNemarTest(onlyA: a, onlyB: b).pValue)
        }
    }

    /// `t.ppf(1 - (1 - c)/2, v)`.
    @Test(arguments: [
        (1, 0.95, 12.706204736174694), (2, 0.95, 4.302652729749462), (5, 0.95, 2.5705818356363146),
        (30, 0.95, 2.0422724563012378), (19999, 0.95, 1.960082611089815), (1_000_000, 0.95, 1.959966356814107),
        (7, 0.99, 3.4994832973504924), (7, 0.5, 0.7111417780817866),
    ]) func studentsTAgreesWithSciPy(degrees: Double, confidence: Double, critical: Double) {
        let found = StudentT.critical(degrees: degrees, confidence: confidence)
        #expect(abs(found - critical) <= 1e-8 * critical, "\(found)")
    }

    /// `chi2.ppf(.95, 2*k + 2)/2` over kilometres, per million; RAND's rule is the line without an event.
    @Test(arguments: [
        (0, 1e6, 1.18, 2.9957322735539895), (3, 20000, 1000, 387.68282639663624),
        (25, 500_000, 100, 69.83216033984813), (12, 26785.5, 2000, 725.8617285439894),
    ]) func theBoundOfARateAgreesWithSciPy(events: UInt64, kilometers: Double, limit: Double, bound: Double) throws {
        let needed = ExposureNeeded(events: events, kilometers: kilometers, limit: limit)
        #expect(abs(try #require(needed.boundNow) - bound) <= 1e-9 * bound)
        #expect(needed.isShown == (bound < limit))
    }

    @Test func withoutAnEventItTakesThreeMillionKilometersOverTheLimit() throws {
        // RAND's example, in our units: 1.09 deaths per 100 million miles take 275 million miles.
        let milesPerKilometer = 0.621371192
        let needed = ExposureNeeded(events: 0, kilometers: 0, limit: 1.09 / 100 * milesPerKilometer)
        #expect(abs(needed.kilometersIfNoMoreEvents * milesPerKilometer / 1e6 - 275) < 1)
        #expect(needed.boundNow == nil && !needed.isShown)
    }

    @Test func whatIsNeededIsJustEnough() throws {
        for (events, kilometers, limit) in [(UInt64(3), 5_000.0, 1000.0), (40, 50_000, 1000), (1, 100, 20_000)] {
            let needed = ExposureNeeded(events: events, kilometers: kilometers, limit: limit)
            let silent = ExposureNeeded(
                events: events, kilometers: kilometers + needed.kilometersIfNoMoreEvents * 1.000001, limit: limit)
            #expect(!needed.isShown && silent.isShown)
            let more = try #require(needed.kilometersAtThisRate)
            let scale = (kilometers + more) / kilometers
            let bound = IncompleteGamma.inverseLower(Double(events) * scale + 1, probability: 0.95)
            #expect(abs(bound / (kilometers + more) * 1e6 - limit) < 1e-3 * limit)
        }
        #expect(ExposureNeeded(events: 30, kilometers: 10_000, limit: 1000).kilometersAtThisRate == nil)
        #expect(ExposureNeeded(events: 10, kilometers: 10_000, limit: 1000).kilometersAtThisRate == nil)
    }

    @Test func quantilesAreExactToAThousandth() throws {
        for seed in UInt64(1)...20 {
            var generator = SeededGenerator(seed: seed)
            let values = (0..<3000).map { _ in
                Float.random(in: 0...1, using: &generator) * Float(1 << Int(seed % 12))
            }
            var histogram = ValueHistogram()
            values.forEach { histogram.add($0) }
            let sorted = values.sorted()
            for percent in Distribution.percents + [0.1, 100] {
                let exact = Double(sorted[max(0, Int((percent / 100 * 3000).rounded(.up)) - 1)])
                let found = try #require(histogram.quantile(percent / 100))
                #expect(abs(found - exact) <= 0.001 * exact + 0.001, "seed \(seed), \(percent) %")
            }
            let edges = [0.0, 0.25, 0.5, 1, 1e4]
            #expect(histogram.bins(edges).reduce(0, +) == 3000)
        }
        #expect(ValueHistogram().quantile(0.5) == nil)
    }

    /// The same estimator written out pair by pair.
    @Test func theDifferenceOfRatesIsTheLinearisedPairedOne() throws {
        var generator = SeededGenerator(seed: 7)
        let pairs = (0..<400).map { _ in
            (
                eventsA: Double(Int.random(in: 0...2, using: &generator)),
                kilometersA: Double.random(in: 0.1...2, using: &generator),
                eventsB: Double(Int.random(in: 0...3, using: &generator)),
                kilometersB: Double.random(in: 0.1...2, using: &generator)
            )
        }
        var moments = PairedMoments()
        for pair in pairs {
            moments.add(
                eventsA: pair.eventsA, kilometersA: pair.kilometersA, eventsB: pair.eventsB,
                kilometersB: pair.kilometersB)
        }
        let count = Double(pairs.count)
        let kmA = pairs.map(\.kilometersA).reduce(0, +), kmB = pairs.map(\.kilometersB).reduce(0, +)
        let rateA = pairs.map(\.eventsA).reduce(0, +) / kmA, rateB = pairs.map(\.eventsB).reduce(0, +) / kmB
        let influences = pairs.map { pair in
            (pair.eventsB - rateB * pair.kilometersB) / (kmB / count)
                - (pair.eventsA - rateA * pair.kilometersA) / (kmA / count)
        }
        let variance = influences.map { $0 * $0 }.reduce(0, +) / (count - 1) / count
        let reach = StudentT.critical(degrees: count - 1) * variance.squareRoot() * 1e6
        let difference = try #require(moments.difference)
        #expect(abs(difference.value - (rateB - rateA) * 1e6) < 1e-6)
        #expect(abs(difference.high - difference.value - reach) < 1e-6 * reach)
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
