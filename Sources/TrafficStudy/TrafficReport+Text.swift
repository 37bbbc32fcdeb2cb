import Foundation
import Metrics

extension TrafficReport {
    /// The report as plain text.
    public var text: String {
        let studies = [
            faultLines, plausibilityLines, courseLines, freeLines, fundamentalLines, distributionLines, ringLines,
            behaviourLines, scriptedLines,
        ]
        return studies.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var faultLines: [String] {
        guard agentKilometers > 0 else { return [] }
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
        return lines
    }

    private var plausibilityLines: [String] {
        let p = plausibility
        guard p.steps > 0 else { return [] }
        return [
            "impossible motions, of \(p.steps) agent-steps",
            "  backwards \(p.backwards), jumps \(p.jumps), turns on the spot \(p.turnsOnTheSpot), beyond tyres "
                + "\(p.beyondTyres), beyond engines \(p.beyondEngine)",
            String(
                format: "  greatest: jump %.3f m, grip %.1f m/s², acceleration %.1f m/s², turn %.3f 1/m",
                p.largestJump, p.largestGrip, p.largestAcceleration, p.sharpestTurn),
            "",
            "the guard barred the likeliest motion in "
                + guardShare.sorted { $0.key < $1.key }
                .map { String(format: "%.1f %% (\($0.key))", 100 * $0.value) }
                .joined(separator: ", ") + " of decisions",
        ]
    }

    private var courseLines: [String] {
        guard !course.isEmpty else { return [] }
        return ["mean speed, m/s (vehicles per km and lane; share slower than 1.5 m/s), minute by minute"]
            + course.map { family in
                cell("  " + family.family.name, 14)
                    + family.minutes.map {
                        right(
                            String(
                                format: "%.1f (%.0f; %.1f %%)", $0.meanSpeed, $0.density, 100 * $0.crawlingShare),
                            19)
                    }.joined()
            }
    }

    /// Whether those who could drive faster do.
    private var freeLines: [String] {
        var lines: [String] = []
        for (bin, mine) in allMinutes.freeAcceleration.enumerated() where mine.total >= 100 {
            let theirs = allRecorded.freeAcceleration[bin]
            let low = Double(bin) * TrafficMeasures.freeSpeedStep
            lines.append(
                cell(String(format: "  %.0f–%.0f m/s", low, low + TrafficMeasures.freeSpeedStep), 14)
                    + right(mean(mine), 20) + right(theirs.total < 20 ? "-" : mean(theirs), 18))
        }
        guard !lines.isEmpty else { return [] }
        return [
            "acceleration, m/s², with nobody within \(Int(TrafficMeter.farthestLeader)) m ahead, by speed",
            cell("", 14) + right("simulated", 20) + right("recorded", 18),
        ] + lines
    }

    private func mean(_ histogram: Histogram) -> String {
        String(format: "%.2f (%llu)", histogram.mean ?? 0, histogram.total)
    }

    /// Speed and flow over density.
    private var fundamentalLines: [String] {
        guard agentKilometers > 0 else { return [] }
        let columns = [("simulated", allMinutes)]
            + recorded.filter { $0.measures != TrafficMeasures() }.map { ($0.road, $0.measures) }
        var lines = [
            "speed, m/s, and flow, vehicles per hour and lane, by density per km and lane",
            cell("  density", 12) + columns.map { right($0.0, 22) }.joined(),
        ]
        for bin in allMinutes.fundamental.indices {
            let cells = columns.map { $0.1.fundamental[bin] }
            guard cells.contains(where: { $0.cells >= 5 && $0.vehicleFrames > 0 }) else { continue }
            let low = Double(bin) * TrafficMeasures.densityStep
            let middle = low + 0.5 * TrafficMeasures.densityStep
            lines.append(
                cell(String(format: "  %.0f–%.0f", low, low + TrafficMeasures.densityStep), 12)
                    + cells.map { cell in
                        guard let speed = cell.speed, cell.cells >= 5 else { return right("-", 22) }
                        return right(
                            String(format: "%.1f  %5.0f (%llu)", speed, 3.6 * speed * middle, cell.cells), 22)
                    }.joined())
        }
        return lines
    }

    /// How far the distributions lie from the recordings', and the last minute's from the first's.
    private var distributionLines: [String] {
        guard agentKilometers > 0 else { return [] }
        var lines = [
            "distributions at equal density: mean simulated / recorded, Wasserstein distance, Kolmogorov–Smirnov;",
            "drift: Wasserstein distance of the last minute from the first",
        ]
        for density in TrafficMeasures.DensityClass.allCases {
            lines.append("  \(density.name) per km and lane")
            for quantity in TrafficMeasures.Quantity.allCases {
                let mine = allMinutes.histogram(quantity, density), theirs = allRecorded.histogram(quantity, density)
                guard let mean = mine.mean else { continue }
                var text = cell("    " + quantity.name + ", " + quantity.unit, 28)
                    + right(String(format: "%.2f", mean), 9)
                if let other = theirs.mean, theirs.total >= 100, let distance = mine.distance(to: theirs) {
                    text += right(String(format: "%.2f", other), 9)
                        + right(String(format: "%.2f  %.2f", distance.wasserstein, distance.kolmogorovSmirnov), 16)
                } else {
                    text += right("-", 9) + right("-", 16)
                }
                if let first = simulated.first, let last = simulated.last, simulated.count > 1,
                    let drift = last.histogram(quantity, density).distance(to: first.histogram(quantity, density))
                {
                    text += right(String(format: "drift %.2f", drift.wasserstein), 14)
                }
                lines.append(text)
            }
            if let rate = allMinutes.laneChangeRate(density) {
                lines.append(
                    cell("    lane changes per km", 28) + right(String(format: "%.2f", rate), 9)
                        + right(allRecorded.laneChangeRate(density).map { String(format: "%.2f", $0) } ?? "-", 9))
            }
        }
        return lines
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
