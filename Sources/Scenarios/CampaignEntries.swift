import Yams

/// The entries of one mapping in a campaign file, known keys only.
struct CampaignEntries {
    private var values: [String: CampaignValue] = [:]

    /// - Throws: `CampaignError` for a key that is unknown or given twice.
    init(
        _ mapping: Node.Mapping, allowed: [String], place: String, file: String
    ) throws(CampaignError) {
        for (keyNode, node) in mapping {
            let line = keyNode.mark?.line ?? 0
            guard let key = keyNode.scalar?.string else {
                throw CampaignError(
                    file: file, line: line, problem: "a key of \(place) is no word", expected: allowed.asKeys)
            }
            guard allowed.contains(key) else {
                let guess = Spelling.nearest(to: key, among: allowed)
                let hint = guess.map { "; did you mean `\($0)`?" } ?? ""
                throw CampaignError(
                    file: file, line: line, problem: "unknown key `\(key.shortened)` in \(place)\(hint)",
                    expected: allowed.asKeys)
            }
            guard values[key] == nil else {
                throw CampaignError(
                    file: file, line: line, problem: "`\(key)` is given twice", expected: "each key once")
            }
            values[key] = CampaignValue(key: key, node: node, file: file, line: node.mark?.line ?? line)
        }
    }

    subscript(key: String) -> CampaignValue? { values[key] }
}

extension [String] {
    fileprivate var asKeys: String { "one of " + map { "`\($0)`" }.joined(separator: ", ") }
}

extension String {
    /// At most 40 characters of it, for error messages.
    var shortened: String { count > 40 ? prefix(39) + "…" : self }
}
