import Testing
import TrafficData

@Suite struct PastStateFitTests {
    private let prior = PastStateFit.Prior(noise: 0.01, acceleration: 3, jerk: 3, speed: nil)

    private func fit(_ position: (Double) -> Double, noise: Double = 0.01) -> PastStateFit {
        var prior = prior
        prior.noise = noise
        return PastStateFit(samples: (0...10).map { position(Double($0 - 10) / 10) }, interval: 0.1, prior: prior)
    }

    @Test func aParabolaIsRecovered() {
        let found = fit { 40 + 15 * $0 - 0.5 * 2 * $0 * $0 }
        #expect(abs(found.position - 40) < 0.01)
        #expect(abs(found.speed - 15) < 0.1)
        #expect(abs(found.acceleration + 2) < 0.4)
    }

    /// Errors of many noisy fits have the spread that the fit claims.
    @Test func theSpreadIsThatOfTheErrors() {
        let noise = 0.1
        var random = TestRandom(seed: 5)
        var speeds = 0.0, claimed = 0.0
        let rounds = 400
        for _ in 0..<rounds {
            let acceleration = prior.acceleration * random.normal()
            let found = fit({ 20 * $0 + 0.5 * acceleration * $0 * $0 + noise * random.normal() }, noise: noise)
            speeds += (found.speed - 20) * (found.speed - 20)
            let spread = found.spread.speed
            claimed += Double(spread.0 * spread.0 + spread.1 * spread.1)
        }
        let ratio = (speeds / claimed).squareRoot()
        #expect(ratio > 0.6 && ratio < 1.2, "errors are \(ratio) of what is claimed")
    }

    @Test func moreDoubtWithFewerSamples() {
        let long = fit { 15 * $0 }.spread
        let short = PastStateFit(samples: [0, 1.5], interval: 0.1, prior: prior).spread
        #expect(short.speed.0.magnitude + short.speed.1 > long.speed.0.magnitude + long.speed.1)
        #expect(StateSpread().draw(SIMD4(1, 2, 3, 4)) == (0, 0, 0))
    }
}
