/// What happens when; what is due at the same time happens in the order in which it was planned.
struct EventQueue<Event> {
    private struct Entry {
        var time: Double
        var order: Int
        var event: Event
    }

    private var entries: [Entry] = []
    private var planned = 0

    var isEmpty: Bool { entries.isEmpty }

    mutating func plan(_ event: Event, at time: Double) {
        entries.append(Entry(time: time, order: planned, event: event))
        planned += 1
        var child = entries.count - 1
        while child > 0, case let parent = (child - 1) / 2, precedes(child, parent) {
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> (time: Double, event: Event)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if entries.isEmpty { return (first.time, first.event) }
        entries[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < entries.count else { break }
            let right = left + 1
            let child = right < entries.count && precedes(right, left) ? right : left
            guard precedes(child, parent) else { break }
            entries.swapAt(child, parent)
            parent = child
        }
        return (first.time, first.event)
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        (entries[a].time, entries[a].order) < (entries[b].time, entries[b].order)
    }
}
