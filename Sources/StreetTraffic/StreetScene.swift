import RoadNetwork

/// Everybody on a map at one moment, each with a route: who is ahead of whom, who will cross whose way.
public struct StreetScene: Sendable {
    public var agents: [StreetAgent]
    public var routes: [Route]
    /// Where each agent is on its route, and by how much it points left of it, radians.
    public var s: [Double]
    public var d: [Double]
    public var slant: [Double]
    /// The offset that each agent steers for, metres; see `StreetRollout`.
    public var target: [Double]
    /// The nearest obstacle on each agent's route; see `look`.
    private(set) var ahead: [Obstacle?] = []
    /// Where each agent will have to let somebody cross.
    private(set) var yielding: [Obstacle?] = []
    /// How far each agent should move over to the left to keep clear of those it passes, metres.
    private(set) var nudge: [Double] = []

    /// How far ahead drivers look, metres.
    static let sight = 60.0
    /// Left free between two who pass each other, metres.
    private static let sideClearance = 0.15

    public init(agents: [StreetAgent], options: [RouteChoice.Option]) {
        self.agents = agents
        routes = options.map(\.route)
        s = options.map(\.s)
        d = options.map(\.d)
        target = d
        slant = zip(agents, options).map { agent, option in
            let direction = option.route.place(s: option.s, d: 0).direction
            // Small angles: the sine is enough, and exact everywhere.
            return min(max(direction.across(agent.facing), -0.8), 0.8)
        }
    }

    /// Finds out who is ahead of whom.
    mutating func look() {
        ahead = []
        nudge = []
        for index in agents.indices { lookAhead(of: index) }
        yielding = agents.indices.map { crossing(of: $0) }
    }

    /// A box seen from a route: where its centre is, and how far it reaches along and across.
    private struct Shadow {
        var s: Double
        var d: Double
        var along: Double
        var across: Double
        var cosine: Double
    }

    private func shadow(
        of other: StreetAgent, at place: Point, facing: Point, on route: Route, from low: Double, to high: Double
    ) -> Shadow? {
        guard let on = route.project(place, from: low, to: high) else { return nil }
        let cosine = on.direction.along(facing), sine = abs(on.direction.across(facing))
        let (length, width) = (0.5 * other.length, 0.5 * other.width)
        return Shadow(
            s: on.s, d: on.d, along: abs(cosine) * length + sine * width,
            across: sine * length + abs(cosine) * width, cosine: cosine)
    }

    /// Drivers keep this much between themselves and whom they pass, where they can, metres.
    private static let passingDistance = 0.7
    /// Who comes towards me on the next lane and reaches into mine by this much is passed, not waited for.
    private static let dodge = 0.5

    private mutating func lookAhead(of index: Int) {
        let agent = agents[index], route = routes[index]
        let front = 0.5 * agent.length
        var nearest: Obstacle?
        var push = (left: 0.0, right: 0.0)
        // Who changes lanes looks out in both.
        let way = (low: min(d[index], target[index]), high: max(d[index], target[index]))
        for (number, other) in agents.enumerated() where number != index {
            let to = other.place - agent.place
            guard abs(to.x) < Self.sight, abs(to.y) < Self.sight, to.along(agent.facing) > -6,
                let shadow = shadow(
                    of: other, at: other.place, facing: other.facing, on: route, from: s[index] - 8,
                    to: s[index] + min(Self.sight, to.length * 1.3 + 6))
            else { continue }
            let beside =
                max(shadow.d - way.high, way.low - shadow.d) - shadow.across - 0.5 * agent.width
            let gap = shadow.s - shadow.along - s[index] - front
            let oncoming = shadow.cosine < -0.5
            if beside < Self.passingDistance, beside > -Self.dodge, gap < 25,
                shadow.s + shadow.along > s[index] - front, oncoming || beside > 0 {
                if shadow.d < d[index] {
                    push.left = max(push.left, Self.passingDistance - beside)
                } else {
                    push.right = max(push.right, Self.passingDistance - beside)
                }
            }
            guard shadow.s > s[index] + 0.5, beside < (oncoming ? -Self.dodge : Self.sideClearance) else { continue }
            // Who is beside me or overlaps me is not ahead of me.
            guard gap > -0.5 * agent.length, gap < nearest?.gap ?? Self.sight else { continue }
            nearest = Obstacle(
                gap: gap, speed: other.speed * shadow.cosine, acceleration: other.acceleration * shadow.cosine,
                agent: number)
        }
        ahead.append(nearest)
        nudge.append(push.left > 0 && push.right > 0 ? 0.5 * (push.left - push.right) : push.left - push.right)
    }

    /// True if an agent could move over to `offset` without getting into anybody's way.
    func isFree(_ offset: Double, for index: Int) -> Bool {
        let agent = agents[index]
        for (number, other) in agents.enumerated() where number != index {
            let to = other.place - agent.place
            guard to.length < 40,
                let shadow = shadow(
                    of: other, at: other.place, facing: other.facing, on: routes[index], from: s[index] - 30,
                    to: s[index] + 40),
                abs(shadow.d - offset) < shadow.across + 0.5 * agent.width + 0.3
            else { continue }
            let closing = (other.speed * shadow.cosine - agent.speed) * (shadow.s < s[index] ? 1 : -1)
            let gap = abs(shadow.s - s[index]) - shadow.along - 0.5 * agent.length
            if gap < 3 + 2 * max(0, closing) { return false }
        }
        return true
    }

    /// Nobody looks farther into the others' future, seconds.
    private static let foresight = 3.5

    private func crossing(of index: Int) -> Obstacle? {
        let agent = agents[index], route = routes[index]
        let goesStraight = route.sharpest(from: s[index], distance: 35) < 0.01
        let front = s[index] + 0.5 * agent.length
        var nearest: Obstacle?
        for (number, other) in agents.enumerated() where number != index && other.speed > 0.8 {
            let to = other.place - agent.place
            let cosine = agent.facing.along(other.facing)
            guard to.length < 45, ahead[index]?.agent != number, ahead[number]?.agent != index else { continue }
            if goesStraight, abs(cosine) > 0.95, routes[number].sharpest(from: s[number], distance: 35) < 0.01 {
                continue
            }
            guard let meeting = meeting(of: index, with: number) else { continue }
            let pace = max(agent.speed, 1.5)
            let arrival = (meeting.near - front) / pace
            let departure = (meeting.far - front + agent.length) / pace
            guard departure > meeting.first - 0.5, arrival < meeting.last + 0.7 else { continue }
            // Who comes later gives way; who turns gives way to who does not.
            let otherTurns = routes[number].sharpest(from: s[number], distance: 35) >= 0.01
            let handicap = (goesStraight ? 0.0 : 1.0) - (otherTurns ? 1.0 : 0.0)
            guard arrival + handicap > meeting.first || (arrival + handicap == meeting.first && index > number)
            else { continue }
            let gap = meeting.near - front - 1
            // Too late to stop: go on.
            guard gap > agent.speed * agent.speed / (2 * 6), gap < nearest?.gap ?? Self.sight else { continue }
            nearest = Obstacle(gap: gap, speed: 0, acceleration: 0, agent: -1)
        }
        return nearest
    }

    /// When and where another agent, keeping its speed, will be in an agent's way: `s` of the stretch,
    /// and the first and last moment, seconds from now.
    private func meeting(of index: Int, with number: Int) -> (near: Double, far: Double, first: Double, last: Double)? {
        let agent = agents[index], other = agents[number]
        var found: (near: Double, far: Double, first: Double, last: Double)?
        for time in stride(from: 0.5, through: Self.foresight, by: 0.5) {
            let (place, direction) = routes[number].place(s: s[number] + other.speed * time, d: d[number])
            guard
                let shadow = shadow(
                    of: other, at: place, facing: direction, on: routes[index], from: s[index],
                    to: s[index] + Self.sight),
                shadow.s - shadow.along > s[index] + 0.5 * agent.length,
                abs(shadow.d - d[index]) < shadow.across + 0.5 * agent.width + 0.3
            else { continue }
            let (near, far) = (shadow.s - shadow.along, shadow.s + shadow.along)
            found = (
                min(found?.near ?? near, near), max(found?.far ?? far, far), found?.first ?? time, time
            )
        }
        return found
    }
}
