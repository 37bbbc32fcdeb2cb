import Evaluation
import Foundation
import StreetTraffic
import WorldModel

/// A crossing of two streets, one lane each way, made for tests: lanelets with turns, cars that drive, stand
/// and wait.
enum StreetFixture {
    struct Car {
        var id: Int
        var length = 4.5
        /// Place, heading and speed per step of 0.1 s from step 0 on.
        var states: [(x: Double, y: Double, heading: Double, speed: Double)]

        /// Straight at constant speed for `steps` steps.
        static func steady(
            _ id: Int, x: Double, y: Double, heading: Double, speed: Double, steps: Int = 60, length: Double = 4.5
        ) -> Car {
            Car(
                id: id, length: length,
                states: (0...steps).map { step in
                    let way = speed * 0.1 * Double(step)
                    return (x + way * cos(heading), y + way * sin(heading), heading, speed)
                })
        }
    }

    /// Cars on all sorts of places: following, standing in a queue, coming towards, crossing, parked beside
    /// the road, far outside the map.
    static let traffic: [Car] = [
        .steady(1, x: -60, y: -1.75, heading: 0, speed: 10),
        .steady(2, x: -80, y: -1.75, heading: 0, speed: 10),
        .steady(3, x: 1.75, y: -12, heading: .pi / 2, speed: 0),
        .steady(4, x: 1.75, y: -19, heading: .pi / 2, speed: 0),
        .steady(5, x: 70, y: 1.75, heading: .pi, speed: 8),
        .steady(6, x: -40, y: -6, heading: 0.05, speed: 0),
        .steady(7, x: 500, y: 900, heading: 1, speed: 6),
    ]

    /// A 2020a file.
    static func commonRoad(_ cars: [Car]) -> String {
        func point(_ p: (Double, Double)) -> String { "<point><x>\(p.0)</x><y>\(p.1)</y></point>" }
        func lanelet(_ id: Int, _ centre: [(Double, Double)], from: [Int], to: [Int]) -> String {
            func bound(_ side: Double) -> String {
                centre.indices.map { index in
                    let (a, b) = (centre[max(index - 1, 0)], centre[min(index + 1, centre.count - 1)])
                    let size = hypot(b.0 - a.0, b.1 - a.1)
                    return point((
                        centre[index].0 - side * (b.1 - a.1) / size, centre[index].1 + side * (b.0 - a.0) / size
                    ))
                }.joined()
            }
            return "<lanelet id=\"\(id)\"><leftBound>\(bound(1.75))</leftBound><rightBound>\(bound(-1.75))</rightBound>"
                + from.map { "<predecessor ref=\"\($0)\"/>" }.joined()
                + to.map { "<successor ref=\"\($0)\"/>" }.joined() + "</lanelet>"
        }
        func turned(_ p: (Double, Double), _ quarter: Int) -> (Double, Double) {
            (0..<quarter).reduce(p) { point, _ in (-point.1, point.0) }
        }
        // Arms 0 to 3 come from west, south, east, north; in: 10 + arm, out: 20 + arm (leaving towards that
        // arm's side), through: 30, left: 40, right: 50.
        let lanes = (0..<4).flatMap { arm -> [String] in
            func line(_ points: [(Double, Double)]) -> [(Double, Double)] { points.map { turned($0, arm) } }
            let left = (0...8).map { step -> (Double, Double) in
                let angle = -Double.pi / 2 + Double(step) / 8 * .pi / 2
                return (-8 + 9.75 * cos(angle), 8 + 9.75 * sin(angle))
            }
            let right = (0...8).map { step -> (Double, Double) in
                let angle = Double.pi / 2 - Double(step) / 8 * .pi / 2
                return (-8 + 6.25 * cos(angle), -8 + 6.25 * sin(angle))
            }
            let (east, north, south) = (20 + (arm + 2) % 4, 20 + (arm + 3) % 4, 20 + (arm + 1) % 4)
            return [
                lanelet(10 + arm, line([(-120, -1.75), (-60, -1.75), (-8, -1.75)]), from: [], to: [30 + arm, 40 + arm, 50 + arm]),
                lanelet(30 + arm, line([(-8, -1.75), (0, -1.75), (8, -1.75)]), from: [10 + arm], to: [east]),
                lanelet(40 + arm, line(left), from: [10 + arm], to: [north]),
                lanelet(50 + arm, line(right), from: [10 + arm], to: [south]),
                lanelet(
                    20 + arm, line([(-8, 1.75), (-60, 1.75), (-120, 1.75)]),
                    from: [30 + (arm + 2) % 4, 40 + (arm + 1) % 4, 50 + (arm + 3) % 4], to: []),
            ]
        }
        func state(_ name: String, _ step: Int, _ s: (x: Double, y: Double, heading: Double, speed: Double)) -> String {
            "<\(name)><position>\(point((s.x, s.y)))</position><orientation><exact>\(s.heading)</exact></orientation>"
                + "<time><exact>\(step)</exact></time><velocity><exact>\(s.speed)</exact></velocity></\(name)>"
        }
        let obstacles = cars.map { car in
            "<dynamicObstacle id=\"\(car.id)\"><type>car</type><shape><rectangle><length>\(car.length)</length>"
                + "<width>1.8</width></rectangle></shape>" + state("initialState", 0, car.states[0]) + "<trajectory>"
                + car.states.enumerated().dropFirst().map { state("state", $0.offset, $0.element) }.joined()
                + "</trajectory></dynamicObstacle>"
        }
        return
            "<?xml version=\"1.0\"?><commonRoad commonRoadVersion=\"2020a\" benchmarkID=\"ZAM_Crossing-1_1_T-1\" "
            + "timeStepSize=\"0.1\">" + (lanes + obstacles).joined(separator: "\n") + "</commonRoad>"
    }

    /// A driver with random weights: everything but what it learned is as shipped.
    static func driver() -> StreetDriver {
        var generator: UInt64 = 7
        func random(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (Float(generator >> 40) / Float(1 << 24) - 0.5) * 0.4
            }
        }
        func layer(_ inputs: Int, _ outputs: Int) -> NetworkWeights.Layer {
            .init(inputs: inputs, outputs: outputs, weight: random(inputs * outputs), bias: random(outputs))
        }
        return StreetDriver(
            network: NetworkWeights(layers: [layer(StreetDriver.inputs, 16), layer(16, StreetDriver.tokens)]),
            turnWeights: [1, 0.5, 0.5], provenance: [:])
    }

    struct Row: Equatable {
        var rollout, agent: Int
        var time, x, y, heading, speed: Double
    }

    static func rows(_ file: URL) throws -> [Row] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",").map { Double($0) ?? .nan }
            return Row(
                rollout: Int(cells[0]), agent: Int(cells[1]), time: cells[2], x: cells[3], y: cells[4],
                heading: cells[5], speed: cells[6])
        }
    }
}
