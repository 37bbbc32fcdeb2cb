import Metrics
import Testing

@Suite struct PoissonIntervalTests {
    /// From SciPy 1.17.1: `chi2.ppf((1-c)/2, 2*k)/2` and `chi2.ppf(1-(1-c)/2, 2*k+2)/2`.
    static let reference: [(count: UInt64, confidence: Double, low: Double, high: Double)] = [
        (0, 0.95, 0, 3.6888794541139354),
        (1, 0.95, 0.025317807984289897, 5.571643390938898),
        (2, 0.95, 0.24220927854396507, 7.22468766772396),
        (3, 0.95, 0.6186721228956015, 8.767273069742323),
        (5, 0.95, 1.623486390118421, 11.66833207932267),
        (10, 0.95, 4.7953886961324335, 18.39035604201778),
        (37, 0.95, 26.051414567106033, 50.999626141930825),
        (100, 0.95, 81.36399125092315, 121.62679379242638),
        (1000, 0.95, 938.9730184076952, 1063.952136016302),
        (12345, 0.95, 12128.18090789908, 12564.722206913333),
        (1_000_000, 0.95, 998040.9833402939, 1001961.9119454322),
        (0, 0.9, 0, 2.9957322735539895),
        (1, 0.9, 0.05129329438755053, 4.743864518390577),
        (10, 0.9, 5.425405697091292, 16.962219235721903),
        (100, 0.9, 84.13927721831419, 118.07927278209706),
        (0, 0.99, 0, 5.298317366548036),
        (1, 0.99, 0.005012541823544286, 7.430129500280121),
        (10, 0.99, 3.716922131467116, 21.397827499654273),
        (100, 0.99, 76.12049584368918, 128.76058012010245),
    ]

    @Test func agreesWithSciPy() {
        for (count, confidence, low, high) in Self.reference {
            let interval = PoissonInterval(count: count, confidence: confidence)
            #expect(abs(interval.low - low) <= 1e-10 * low, "low end for \(count) at \(confidence)")
            #expect(abs(interval.high - high) <= 1e-10 * high, "high end for \(count) at \(confidence)")
        }
    }

    @Test func beyondAMillionEventsTheErrorIsBelowAMillionthOfTheWidth() {
        // From SciPy 1.17.1, as above.
        let reference: [(UInt64, Double, Double)] = [
            (1_000_001, 998041.982360312, 1001962.9129254136),
            (123_456_789, 123435012.5696615, 123478568.32473257),
        ]
        for (count, low, high) in reference {
            let interval = PoissonInterval(count: count)
            #expect(abs(interval.low - low) < 1e-6 * (high - low), "\(interval.low - low)")
            #expect(abs(interval.high - high) < 1e-6 * (high - low), "\(interval.high - high)")
        }
    }

    @Test func holdsItsCountAndGrowsWithIt() {
        var previous = PoissonInterval(count: 0)
        for count in UInt64(1)...2000 {
            let interval = PoissonInterval(count: count)
            #expect(interval.low < Double(count) && Double(count) < interval.high)
            #expect(previous.low < interval.low && previous.high < interval.high)
            previous = interval
        }
    }

    @Test func theLargestCountsAnswerToo() {
        let interval = PoissonInterval(count: .max)
        #expect(interval.low < interval.high && interval.high.isFinite)
    }
}
