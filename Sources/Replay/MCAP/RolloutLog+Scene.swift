import Foundation
import Metrics

/// What the 3D panel shows. Colours are those of the page (Okabe and Ito, 2008).
extension RolloutLog {
    private static let ego = Foxglove.Colour(r: 0.34, g: 0.71, b: 0.91, a: 1)
    private static let car = Foxglove.Colour(r: 0.70, g: 0.74, b: 0.79, a: 1)
    private static let truck = Foxglove.Colour(r: 0.55, g: 0.60, b: 0.68, a: 1)
    private static let brakes = Foxglove.Colour(r: 0.90, g: 0.30, b: 0.05, a: 1)
    private static let marking = Foxglove.Colour(r: 0.55, g: 0.58, b: 0.63, a: 1)
    private static let edge = Foxglove.Colour(r: 0.85, g: 0.87, b: 0.90, a: 1)

    /// Metres above the road that a kind of vehicle reaches.
    private static func height(_ kind: AgentKind) -> Double {
        switch kind {
        case .truck: 3.6
        case .motorcycle: 1.3
        default: 1.5
        }
    }

    /// Lane lines, a polyline each, and dashes between lanes.
    var roadScene: Foxglove.SceneUpdate {
        let corridor = recording.road.corridor
        let lineCount = (0..<corridor.sampleCount).map { recording.road.lines(at: $0).count }.max() ?? 0
        var entity = Foxglove.Entity(timestamp: .init(nanoseconds: 0), id: "road")
        for line in 0..<lineCount {
            let points = (0..<corridor.sampleCount).compactMap { sample -> Foxglove.Vector? in
                let lines = recording.road.lines(at: sample)
                guard line < lines.count else { return nil }
                let s = corridor.start + Float(sample) * corridor.spacing
                let place = corridor.point(s: Double(s), d: Double(lines[line])).point
                return Foxglove.Vector(place.x, place.y, 0)
            }
            let isEdge = line == 0 || line == lineCount - 1
            entity.lines.append(
                Foxglove.Line(
                    type: 0, pose: Self.origin, thickness: isEdge ? 0.25 : 0.12, points: points,
                    color: isEdge ? Self.edge : Self.marking))
        }
        return Foxglove.SceneUpdate(entities: [entity])
    }

    /// All vehicles of a step as one entity, which replaces the step before.
    func vehicles(at index: Int, time: UInt64) -> Foxglove.SceneUpdate {
        var entity = Foxglove.Entity(timestamp: .init(nanoseconds: time), id: "vehicles")
        for state in recording.states(at: index) {
            let agent = recording.agents[state.agent]
            let heading = recording.road.planeHeading(of: state)
            let height = Self.height(agent.kind)
            entity.cubes.append(
                Foxglove.Cube(
                    pose: pose(state, heading: heading, behind: 0, height: height / 2),
                    size: .init(Double(agent.length), Double(agent.width), height),
                    color: agent.isEgo ? Self.ego : agent.kind == .truck ? Self.truck : Self.car))
            if state.showsBrakeLights {
                entity.cubes.append(
                    Foxglove.Cube(
                        pose: pose(state, heading: heading, behind: 0.5 * Double(agent.length), height: 0.8),
                        size: .init(0.2, Double(agent.width), 0.25), color: Self.brakes))
            }
            if agent.isEgo {
                entity.texts.append(
                    Foxglove.Text(
                        pose: pose(state, heading: 0, behind: 0, height: 3), font_size: 1.2, color: Self.ego,
                        text: String(format: "ego %.0f km/h", state.speed * 3.6)))
            }
        }
        return Foxglove.SceneUpdate(entities: [entity])
    }

    private static let origin = Foxglove.Pose(position: .init(0, 0, 0), orientation: turn(0))

    private func pose(
        _ state: RecordedState, heading: Double, behind: Double, height: Double
    ) -> Foxglove.Pose {
        Foxglove.Pose(
            position: .init(
                Double(state.x) - behind * cos(heading), Double(state.y) - behind * sin(heading), height),
            orientation: Self.turn(heading))
    }
}
