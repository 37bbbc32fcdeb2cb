import Foundation
import RoadNetwork
import Testing
import TrafficData

@Suite struct DrivableAreaTests {
    private func area() throws -> DrivableArea {
        let data = Data(StreetFixture.commonRoad(StreetFixture.traffic).utf8)
        return DrivableArea(try CommonRoadFile.read(data, file: "crossing.xml").lanes)
    }

    @Test func distancesOnAStreetAreThoseToItsKerbs() throws {
        let area = try area()
        // Two lanes of 3.5 m: kerbs at y = ±3.5.
        for (x, y, expected) in [
            (-60.0, 0.0, -3.5), (-60, 1.75, -1.75), (-60, 3.0, -0.5), (-60, 4.1, 0.6), (-60, -6, 2.5),
        ] {
            #expect(abs(area.signedDistance(Point(x: x, y: y)) - expected) < 0.01, "\(x) \(y)")
        }
    }

    @Test func theMapsEndIsNotTheRoadsEnd() throws {
        let area = try area()
        #expect(abs(area.signedDistance(Point(x: -250, y: 0)) + 3.5) < 0.01)
        #expect(area.signedDistance(Point(x: -250, y: 5)) > 1.4)
        #expect(area.signedDistance(Point(x: 500, y: 900)) == DrivableArea.reach)
    }

    @Test func lanesInsideACrossingHaveNoEdge() throws {
        let area = try area()
        #expect(area.signedDistance(Point(x: 0, y: 0)) < -3)
        #expect(area.contains(Point(x: 0, y: 0)))
        #expect(!area.contains(Point(x: 30, y: 30)))
    }

    /// The distance is 1-Lipschitz, whatever the map.
    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func neighbouringPointsHaveNeighbouringDistances(seed: UInt64) throws {
        let area = try area()
        var generator = seed
        func random() -> Double {
            generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(generator >> 40) / Double(1 << 24) - 0.5
        }
        for _ in 0..<2000 {
            let a = Point(x: 60 * random(), y: 60 * random())
            let b = a + Point(x: 0.4 * random(), y: 0.4 * random())
            let change = abs(area.signedDistance(a) - area.signedDistance(b))
            #expect(change <= (a - b).length + 0.25, "seed \(seed): \(a) \(b)")
        }
    }
}
