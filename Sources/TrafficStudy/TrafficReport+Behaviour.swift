import Foundation

extension TrafficReport {
    /// The ring by density, and how waves travel.
    var ringLines: [String] {
        guard !ring.isEmpty else { return [] }
        var lines = [
            "left to itself on a ring of 2 km and 3 lanes: m/s at the start, in minute 1, in minutes 7 and 8; flow per",
            "hour and lane; share slower than 1.5 m/s; collisions; spread of speeds, and waves (negative: backwards)",
        ]
        for ring in ring {
            lines.append(
                String(
                    format: "  %3.0f per km  %5.1f %5.1f %5.1f  %5.0f /h  %5.1f %%  %3d  ", ring.density, ring.startSpeed,
                    ring.firstMinuteSpeed, ring.speed, ring.flow, 100 * ring.crawlingShare, ring.collisions)
                    + Self.text(ring.wave))
        }
        for road in recorded where road.wave != nil {
            lines.append("  recorded, \(road.road): " + Self.text(road.wave))
        }
        return lines
    }

    private static func text(_ wave: WaveSpeed?) -> String {
        guard let wave else { return "no waves found" }
        return String(
            format: "±%.1f m/s, %.1f km/h (correlation %.2f)", wave.amplitude, wave.kilometersPerHour,
            wave.correlation)
    }

    var behaviourLines: [String] {
        guard agentKilometers > 0 else { return [] }
        var lines = ["drivers: mean, spread between them, spread within; share of variance between; correlation later"]
        for (name, behaviour) in behaviours {
            if let headway = behaviour.headway {
                lines.append("  headway, s            " + name + Self.text(headway))
            }
            if let speed = behaviour.relativeSpeed {
                lines.append("  relative speed, m/s   " + name + Self.text(speed))
            }
        }
        lines += ["", "reactions: quartiles"]
        for (name, behaviour) in behaviours {
            let brakes = behaviour.brakes
            if brakes.isEmpty { continue }
            lines.append(
                "  leader brakes         " + name
                    + "\(brakes.count) times; reaction "
                    + Self.quartiles(brakes.compactMap(\.reaction)) + " s, none in "
                    + "\(brakes.filter { $0.reaction == nil }.count); braking of leader "
                    + Self.quartiles(brakes.map(\.leaderBraking)) + ", follower "
                    + Self.quartiles(brakes.map(\.followerBraking)) + " m/s²; smallest gap "
                    + Self.quartiles(brakes.map(\.smallestGap)) + " m")
            let cutIns = behaviour.cutIns
            if cutIns.isEmpty { continue }
            lines.append(
                "  cut-in                " + name
                    + "\(cutIns.count) times at " + Self.quartiles(cutIns.map(\.timeGap)) + " s; braking "
                    + Self.quartiles(cutIns.map(\.braking)) + " m/s²; smallest gap "
                    + Self.quartiles(cutIns.map(\.smallestGap)) + " m; after 4 s "
                    + Self.quartiles(cutIns.map(\.timeGapAfter)) + " s")
        }
        return lines
    }

    /// What came of scripted acts.
    var scriptedLines: [String] {
        guard !scripted.isEmpty else { return [] }
        var lines = ["one vehicle is made to act before the ego (the world model drives all the others, the ego too): quartiles"]
        for outcome in scripted {
            lines.append(
                "  \(outcome.act.rawValue)".padding(toLength: 10, withPad: " ", startingAt: 0)
                    + "\(outcome.scenes) scenes; answered \(outcome.answered), after "
                    + Self.quartiles(outcome.reactions) + " s; hardest braking " + Self.quartiles(outcome.braking)
                    + " m/s²; smallest gap " + Self.quartiles(outcome.smallestGaps) + " m; collisions "
                    + "\(outcome.collisions)")
            guard outcome.act == .stop else { continue }
            lines.append(
                "            stood behind it \(outcome.queued), went past it \(outcome.passed); longest queue "
                    + Self.quartiles(outcome.queues.map(Float.init)) + " vehicles")
            guard let standing = outcome.standingBeside else { continue }
            lines.append(
                "            \(outcome.cameUp) vehicles came up behind it, \(outcome.gotPast) got past; in other lanes they stood "
                    + String(format: "%.0f %% of the time within 100 m", 100 * standing))
        }
        return lines
    }

    private var behaviours: [(String, Behaviour)] {
        ([("simulated", behaviour)] + recorded.map { ($0.road, $0.behaviour) }).map {
            ($0.0.padding(toLength: 11, withPad: " ", startingAt: 0), $0.1)
        }
    }

    private static func text(_ found: DriverPersistence) -> String {
        String(
            format: "%.2f  %.2f  %.2f;  %.2f;  ", found.mean, found.spreadBetween, found.spreadWithin,
            found.intraclassCorrelation)
            + found.autocorrelation.map {
                $0.pairs < 50 ? "- (\($0.seconds) s)" : String(format: "%.2f (%d s)", $0.correlation, $0.seconds)
            }.joined(separator: " ") + "  [\(found.drivers) drivers]"
    }

    private static func quartiles(_ values: [Float]) -> String {
        guard !values.isEmpty else { return "-" }
        let sorted = values.sorted()
        return [1, 2, 3].map { String(format: "%.1f", sorted[min(sorted.count * $0 / 4, sorted.count - 1)]) }
            .joined(separator: "/")
    }
}
