/// What a person should look at: the newest first, a few. An entry that comes again moves to the top.
package struct AttentionLog: Sendable {
    private static let limit = 20
    package private(set) var entries: [String] = []

    package mutating func add(_ entry: String) {
        entries.removeAll { $0 == entry }
        entries.insert(entry, at: 0)
        if entries.count > Self.limit { entries.removeLast() }
    }
}
