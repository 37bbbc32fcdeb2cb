import Foundation
import RecordStore
import Scenarios

/// Why two result folders can't be compared scenario by scenario: every reason, and what to do.
public struct NotComparable: Error, Sendable, Equatable, CustomStringConvertible {
    public var reasons: [String]

    public var description: String {
        "these can't be compared: " + reasons.joined(separator: "; ")
            + ". Only campaigns on the same scenarios can; `longhaul run --against` makes one"
    }

    /// - Throws: `NotComparable` where scenario `i` of A and scenario `i` of B are not the same world.
    static func check(_ a: ResultFolder, _ b: ResultFolder) throws(NotComparable) {
        var reasons: [String] = []
        func require<T: Equatable>(_ what: String, _ value: (ResultFolder) -> T) {
            if value(a) != value(b) { reasons.append("\(what) is \(value(a)) in A and \(value(b)) in B") }
        }
        require("the seed") { $0.campaign.seed }
        require("the mix") { $0.campaign.mix }
        require("the horizon") { $0.campaign.horizonSeconds }
        require("the burn-in") { $0.campaign.burnInSeconds }
        require("the world model") { String($0.journal.campaign.worldModelHash.prefix(16)) }
        for (name, folder) in [("A", a), ("B", b)] where !folder.isOfTheseRules {
            reasons.append(
                "\(name) was made by a version of Longhaul (\(folder.journal.campaign.build)) whose scenarios"
                    + " are others")
        }
        guard reasons.isEmpty else { throw NotComparable(reasons: reasons) }
    }
}

extension ResultFolder {
    /// Whether this version makes the same scenarios from the folder's campaign.
    var isOfTheseRules: Bool {
        // The canonical JSON knows the content of an external policy, the campaign file its path only.
        let json = Data(journal.campaign.canonicalJSON.utf8)
        let stored = (try? JSONDecoder().decode(Campaign.self, from: json)) ?? campaign
        return stored.identity(worldModelHash: journal.campaign.worldModelHash) == journal.campaign.identity
    }
}
