import RoadNetwork
import WorldModel

/// A stretch of steady traffic of any size: four lanes, one agent each 10 m of road.
enum Platoon {
    static let corridor = Corridor(
        start: -500, spacing: 50, curvature: [Float](repeating: 0, count: 101), laneCount: 4,
        laneCentre: [5.4, 1.8, -1.8, -5.4].flatMap { [Float](repeating: $0, count: 101) },
        laneWidth: [Float](repeating: 3.6, count: 404), speedLevel: 28, points: [], headings: [])

    static func agents(_ count: Int) -> [InitialAgent] {
        (0..<count).map { index in
            var agent = InitialAgent()
            agent.s = Float(index) * 10
            agent.d = 5.4 - 3.6 * Float(index % 4)
            agent.speed = 22
            agent.traitsKnown = 1
            return agent
        }
    }
}
