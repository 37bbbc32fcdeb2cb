/// A ring of the newest values of one series, one value a second. A second in which nothing was recorded is a
/// gap (NaN); the last value recorded within a second stands for it.
public struct History: Sendable, Equatable {
    public let capacity: Int
    private var ring: [Double] = []
    private var next = 0
    private var newestSecond: Int?

    /// Holds up to `capacity` seconds.
    public init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    /// Values held, gaps included.
    public var count: Int { ring.count }

    /// Records `value` at `time`, in seconds of any clock that doesn't run backwards; an earlier time than
    /// the newest counts as the newest second.
    public mutating func record(_ value: Double, at time: Double) {
        guard time.isFinite, abs(time) < 1e15 else { return }
        let second = Int(time.rounded(.down))
        guard let newest = newestSecond else {
            newestSecond = second
            return append(value)
        }
        if second <= newest {
            ring[(next + ring.count - 1) % ring.count] = value
            return
        }
        for _ in 0..<min(second - newest - 1, capacity) { append(.nan) }
        append(value)
        newestSecond = second
    }

    /// The newest `count` values, oldest first; fewer if fewer are held.
    public func newest(_ count: Int) -> [Double] {
        let taken = min(max(count, 0), ring.count)
        return (0..<taken).map { ring[(next + ring.count - taken + $0) % ring.count] }
    }

    private mutating func append(_ value: Double) {
        if ring.count < capacity {
            ring.append(value)
        } else {
            ring[next] = value
            next = (next + 1) % capacity
        }
    }
}

extension History: CustomStringConvertible {
    public var description: String { "History(\(newest(capacity)))" }
}
