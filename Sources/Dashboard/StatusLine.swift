import Farm
import TerminalScreen

/// The campaign in one plain line, for logs and for screens too small for anything else.
public enum StatusLine {
    /// `12 s  42.0 %  31.2 M ego-km/day  940 M agent-km/day  3 collisions  2 workers  ETA 18 s`, in printable
    /// ASCII only.
    public static func text(_ snapshot: FarmSnapshot) -> String {
        var parts = [
            Quantity.duration(snapshot.elapsedSeconds), Quantity.percent(min(snapshot.progress, 1)),
            "\(Quantity.compact(snapshot.egoKilometersPerDay)) ego-km/day",
            "\(Quantity.compact(snapshot.agentKilometersPerDay)) agent-km/day",
        ]
        if let event = snapshot.events.first(where: { !$0.isWorldModelFault }) {
            parts.append("\(Quantity.grouped(event.count)) \(event.name)")
        }
        let present = snapshot.workers.filter { $0.state == .active || $0.state == .draining }.count
        parts.append("\(present) \(present == 1 ? "worker" : "workers")")
        let lost = snapshot.workers.filter { $0.state == .lost }.count
        if lost > 0 { parts.append("\(lost) lost") }
        parts.append(remaining(snapshot))
        if let first = snapshot.attention.first { parts.append("! " + first) }
        return plain(parts.joined(separator: "  "))
    }

    /// State, progress, rate and the need for attention, most important first, to be cut at any width.
    static func short(_ snapshot: FarmSnapshot) -> String {
        let attention = snapshot.attention.isEmpty ? "" : "! "
        let progress = Quantity.percent(min(snapshot.progress, 1))
        let rate = Quantity.compact(snapshot.egoKilometersPerDay)
        return "\(attention)\(snapshot.state.label)  \(progress)  \(rate) km/day"
    }

    private static func remaining(_ snapshot: FarmSnapshot) -> String {
        switch snapshot.state {
        case .running, .finishing: "ETA " + (snapshot.etaSeconds.map(Quantity.duration) ?? "unknown")
        case .waitingForWorkers, .finished, .stopped, .sick: snapshot.state.rawValue
        }
    }

    private static func plain(_ text: String) -> String {
        let scalars = DisplayText.scalars(of: text, limit: 400).map(DisplayText.ascii)
        return String(String.UnicodeScalarView(scalars))
    }
}
