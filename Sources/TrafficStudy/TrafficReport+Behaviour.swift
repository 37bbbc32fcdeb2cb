import Foundation

extension TrafficReport {
    /// The ring by density, and how waves travel.
    var ringLines: [String] {
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
        for road in recorded { lines.append("  \(road.road)  " + Self.text(road.wave)) }
        return lines
    }

    private static func text(_ wave: WaveSpeed?) -> String {
        guard let wave else { return "no waves found" }
        return String(
            format: "±%.1f m/s, %.1f km/h (correlation %.2f over 100 m)", wave.amplitude, wave.kilometersPerHour,
            wave.correlation)
    }

    var behaviourLines: [String] {
        var lines = ["drivers: mean, spread between them, spread within; share of variance between; correlation later"]
        for (name, behaviour) in behaviours {
            lines.append("  headway, s            " + name + Self.text(behaviour.headway))
            lines.append("  relative speed, m/s   " + name + Self.text(behaviour.relativeSpeed))
        }
        lines += ["", "reactions: quartiles"]
        for (name, behaviour) in behaviours {
            let brakes = behaviour.brakes
            lines.append(
                "  leader brakes         " + name
                    + "\(brakes.count) times; reaction "
                    + Self.quartiles(brakes.compactMap(\.reaction)) + " s, none in "
                    + "\(brakes.filter { $0.reaction == nil }.count); braking of leader "
                    + Self.quartiles(brakes.map(\.leaderBraking)) + ", follower "
                    + Self.quartiles(brakes.map(\.followerBraking)) + " m/s²; smallest gap "
                    + Self.quartiles(brakes.map(\.smallestGap)) + " m")
            let cutIns = behaviour.cutIns
            lines.append(
                "  cut-in                " + name
                    + "\(cutIns.count) times at " + Self.quartiles(cutIns.map(\.timeGap)) + " s; braking "
                    + Self.quartiles(cutIns.map(\.braking)) + " m/s²; smallest gap "
                    + Self.quartiles(cutIns.map(\.smallestGap)) + " m; after 4 s "
                    + Self.quartiles(cutIns.map(\.timeGapAfter)) + " s")
        }
        return lines
    }

    private var behaviours: [(String, Behaviour)] {
        ([("simulated", behaviour)] + recorded.map { ($0.road, $0.behaviour) }).map {
            ($0.0.padding(toLength: 11, withPad: " ", startingAt: 0), $0.1)
        }
    }

    private static func text(_ found: DriverPersistence?) -> String {
        guard let found else { return "too few drivers" }
        return String(
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
