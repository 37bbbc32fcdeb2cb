import ReproducibleMath
import RoadNetwork

/// What a driver on a street reads of the situation: the same code for training and rollouts.
enum StreetFeatures {
    static let count = 32

    /// No signal states are recorded. What the others do at the stop line tells about the signal.
    private struct Signal {
        /// Somebody of the same approach stands at the line; the fastest of them near it, m/s.
        var standsBeside = 0.0
        var movesBeside = 0.0
        /// The fastest who crosses ahead, and the fastest who comes towards, m/s.
        var crosses = 0.0
        var comes = 0.0
        /// Somebody of the same approach has just started.
        var startsBeside = 0.0
    }

    static func fill(_ values: inout [Float], _ scene: StreetScene, _ index: Int) {
        let agent = scene.agents[index], route = scene.routes[index], s = scene.s[index]
        let front = s + 0.5 * agent.length
        let speed = agent.speed
        var next = 0
        func add(_ value: Double) {
            values[next] = Float(min(max(value, -4), 4))
            next += 1
        }
        add(speed / 8)
        add(speed < 3 ? (3 - speed) / 3 : 0)
        add(agent.acceleration / 1.5)
        add(agent.stands ? 1 : 0)
        add(min(agent.standing, 1))
        let ahead = scene.ahead[index]
        let gap = max(ahead?.gap ?? StreetScene.sight, 0)
        let aheadSpeed = ahead?.speed ?? speed
        add(ahead == nil ? 0 : 1)
        add(gap / 20)
        add(5 / (5 + gap))
        add((aheadSpeed - speed) / 4)
        add(ahead == nil ? 0 : aheadSpeed / 8)
        add((ahead?.acceleration ?? 0) / 1.5)
        add(ahead != nil && abs(aheadSpeed) < StreetAgent.stillness ? 1 : 0)
        add(wanted(speed: speed, ahead) / 2)
        // The one ahead of the one ahead: queues start from their head.
        let second = ahead.flatMap { $0.agent >= 0 ? scene.ahead[$0.agent] : nil }
        add(second == nil ? 0 : (second!.speed - aheadSpeed) / 4)
        add(second == nil ? 0 : min(max(second!.gap, 0), 40) / 20)
        // Stop line.
        let stop = route.stops.first { $0 > front - 2 && $0 < front + StreetScene.sight }
        let distance = stop.map { $0 - front } ?? StreetScene.sight
        let leads = stop != nil && (ahead == nil || ahead!.gap > distance)
        add(stop == nil ? 0 : 1)
        add(distance / 20)
        add(4 / (4 + max(distance, 0)))
        add(leads ? 1 : 0)
        add(leads ? min(speed * speed / (2 * max(distance, 1)), 6) / 2 : 0)
        add(route.crossed.contains { $0.contains(front) } ? 1 : 0)
        let signal = stop.map { readSignal(scene, index, $0) } ?? Signal()
        add(signal.standsBeside)
        add(signal.movesBeside / 8)
        add(signal.crosses / 8)
        add(signal.comes / 8)
        add(signal.startsBeside)
        // Turns.
        add(comfort(route, s, 6) - speed > 8 ? 1 : (comfort(route, s, 6) - speed) / 8)
        add(comfort(route, s, 20) - speed > 8 ? 1 : (comfort(route, s, 20) - speed) / 8)
        let turn = route.turns.first { $0.s > s - 10 && $0.s < s + 40 }?.turn
        add(turn == .left ? 1 : 0)
        add(turn == .right ? 1 : 0)
        add(agent.length > 7.5 ? 1 : 0)
        let yielding = scene.yielding[index]
        add(yielding == nil ? 0 : 5 / (5 + max(yielding!.gap, 0)))
        precondition(next == count)
    }

    /// The speed at which the sharpest bend within `distance` metres takes 2.5 m/s² sideways, m/s.
    private static func comfort(_ route: Route, _ s: Double, _ distance: Double) -> Double {
        (2.5 / max(route.sharpest(from: s, distance: distance), 0.005)).squareRoot()
    }

    /// What the intelligent driver model would do (Treiber, Hennecke & Helbing 2000), m/s².
    static func wanted(
        speed: Double, _ ahead: Obstacle?, desired: Double = 15.6, headway: Double = 1.2
    ) -> Double {
        let share = speed / desired
        var acceleration = 1.5 * (1 - share * share * share * share)
        if let ahead {
            let gap = max(ahead.gap, 0.3)
            let dynamic = 2 + max(0, speed * headway + speed * (speed - ahead.speed) / (2 * (1.5 * 2.0).squareRoot()))
            acceleration -= 1.5 * (dynamic / gap) * (dynamic / gap)
        }
        return min(max(acceleration, -8), 2)
    }

    private static func readSignal(_ scene: StreetScene, _ index: Int, _ stop: Double) -> Signal {
        var signal = Signal()
        let (line, direction) = scene.routes[index].place(s: stop, d: 0)
        for (number, other) in scene.agents.enumerated() where number != index {
            let to = other.place - line
            let along = direction.along(to), across = abs(direction.across(to))
            guard abs(along) < 45, across < 45 else { continue }
            let cosine = direction.along(other.facing)
            if cosine > 0.8, across > 1.6, across < 14, along > -18, along < 15 {
                if other.stands, along > -9, along < 3 { signal.standsBeside = 1 }
                signal.movesBeside = max(signal.movesBeside, other.stands ? 0 : other.speed)
                if other.speed > 0.3, other.speed < 4, other.acceleration > 0.4, along > -12 {
                    signal.startsBeside = 1
                }
            } else if abs(cosine) < 0.5, along > 0, along < 40, across < 30, other.speed > 2 {
                signal.crosses = max(signal.crosses, other.speed)
            } else if cosine < -0.8, along > -5, along < 45, across < 25, other.speed > 2 {
                signal.comes = max(signal.comes, other.speed)
            }
        }
        return signal
    }
}
