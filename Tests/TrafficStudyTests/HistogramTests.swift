import Testing

import TrafficStudy

@Suite("Histograms")
struct HistogramTests {
    private func filled(_ values: [Double]) -> Histogram {
        var histogram = Histogram(low: 0, high: 10, bins: 100)
        for value in values { histogram.add(value) }
        return histogram
    }

    @Test func aShiftIsItsOwnWassersteinDistance() throws {
        let here = filled((0..<40).map { 2.05 + 0.1 * Double($0) })
        let there = filled((0..<40).map { 3.55 + 0.1 * Double($0) })
        let distance = try #require(here.distance(to: there))
        #expect(abs(distance.wasserstein - 1.5) < 1e-9)
        #expect(abs(distance.kolmogorovSmirnov - 15.0 / 40) < 1e-9)
        let same = try #require(here.distance(to: here))
        #expect(same.wasserstein == 0 && same.kolmogorovSmirnov == 0)
    }

    @Test func momentsAndQuantilesAreThoseOfTheValues() throws {
        let histogram = filled((0..<100).map { 0.05 + 0.1 * Double($0) })
        #expect(abs(try #require(histogram.mean) - 5) < 1e-9)
        #expect(abs(try #require(histogram.quantile(0.25)) - 2.5) < 1e-9)
        #expect(abs(try #require(histogram.standardDeviation) - 10 / 12.0.squareRoot()) < 0.01)
    }

    @Test func whatLiesBeyondCountsInTheOutermostBins() {
        let histogram = filled([-5, 50, .infinity])
        #expect(histogram.counts.first == 1)
        #expect(histogram.counts.last == 2)
        #expect(filled([]).mean == nil)
        #expect(filled([]).distance(to: histogram) == nil)
    }
}
