import Foundation
import Metrics

extension TrafficReport {
    /// The report as plain text, at most 110 columns wide.
    public var text: String {
        var lines = [
            String(
                format: "free traffic: %d scenarios of %.1f min, seed %llu, %.0f agent-km, %.0f agent-hours",
                scenarios, minutes, seed, agentKilometers, agentHours), "",
            "faults per million agent-km (count, 95 % interval)",
            cell("", 16) + right("agent-km", 12) + right("collisions", 28) + right("with the ego", 26)
                + right("off-road", 26),
        ]
        for row in faults.rows {
            lines.append(
                cell("  " + row.group, 16) + right(String(format: "%.0f", row.agentKilometers), 12)
                    + right(rate(row.collisions), 28) + right(rate(row.egoCollisions), 26)
                    + right(rate(row.offRoad), 26))
        }
        let p = plausibility
        lines += [
            "", "impossible motions, of \(p.steps) agent-steps",
            "  backwards \(p.backwards), jumps \(p.jumps), turns on the spot \(p.turnsOnTheSpot), beyond tyres "
                + "\(p.beyondTyres), beyond engines \(p.beyondEngine)",
            String(
                format: "  greatest: jump %.3f m, grip %.1f m/s², acceleration %.1f m/s², turn %.3f 1/m",
                p.largestJump, p.largestGrip, p.largestAcceleration, p.sharpestTurn),
            "",
            "the guard barred the likeliest motion in "
                + guardShare.sorted { $0.key < $1.key }.map { String(format: "%.1f %% (\($0.key))", 100 * $0.value) }
                .joined(separator: ", ") + " of decisions",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func cell(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
    private func rate(_ event: EventRate) -> String {
        guard let rate = event.rate else { return "-" }
        return String(
            format: "%.0f (%llu, %.0f–%.0f)", rate.perMillionKilometers, event.count, rate.low, rate.high)
    }
}

extension TrafficFault {
    /// What happened, for reading: one line, and the last three seconds of each agent.
    public var text: String {
        var lines = [
            String(
                format: "%@  scenario %llu  %@  at %.1f s  speed %.1f m/s  %d lanes of %.2f m", kind.rawValue,
                scenario, family.name, seconds, speed, laneCount, laneWidth)
        ]
        let origin = agents.first?.states.last?.s ?? 0
        for agent in agents {
            lines.append(
                String(
                    format: "  agent %u%@ %@ %.1f × %.1f m  %@ for %.1f s  %.0f m inside window", agent.identity,
                    agent.isEgo ? " (ego)" : "", "\(agent.kind)", agent.length, agent.width,
                    agent.isNewcomer ? "newcomer" : "there", agent.secondsInScene, agent.insideWindow))
            for state in agent.states where state.isShown {
                lines.append(
                    String(
                        format: "    %5.1f s  s %7.2f  d %6.2f  v %5.2f  u %5.2f  heading %6.3f  a %5.2f  lane %d%@ %+.2f",
                        state.seconds, state.s - origin, state.d, state.speed, state.lateralSpeed, state.heading,
                        state.acceleration, state.lane, state.lanesBeside < 0 ? "" : "+\(state.lanesBeside)",
                        state.offset))
            }
            for decision in agent.decisions {
                lines.append(
                    String(
                        format: "    %5.1f s decides  a %5.2f ≤ %5.2f%@ (%.2f)  u %5.2f in %5.2f…%5.2f%@ (%.2f)  leader %.1f m %.1f m/s  sees other as [%@]",
                        decision.seconds, decision.acceleration, decision.accelerationBound,
                        decision.barredAlong ? "!" : "", decision.allowedAlong, decision.lateralSpeed,
                        decision.lateralLow, decision.lateralHigh, decision.barredAcross ? "!" : "",
                        decision.allowedAcross, decision.leaderGap, decision.leaderSpeed,
                        decision.seesOtherAs.joined(separator: ",")))
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension TrafficFault.State {
    /// Each fifth step, and the last five.
    fileprivate var isShown: Bool {
        let step = Int((-seconds * 10).rounded())
        return step < 5 || step % 5 == 0
    }
}
