/// Finds what somebody meant who mistyped a word.
enum Spelling {
    /// The nearest of `words`, or nil where even that differs by more than a third of its letters.
    static func nearest(to word: String, among words: [String]) -> String? {
        guard word.count <= 40 else { return nil }
        let ranked = words.map { ($0, distance(word.lowercased(), $0)) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
        return best.1 <= max(1, best.0.count / 3) ? best.0 : nil
    }

    /// Levenshtein distance.
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, character) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let replaced = diagonal + (character == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
