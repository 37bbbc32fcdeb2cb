import ReproducibleMath

/// A linear rise over the first 5 % of the updates, then half a cosine down to zero.
struct LearningRateSchedule {
    let highest: Float
    let updates: Int
    private var done = 0

    init(highest: Float, updates: Int) {
        self.highest = highest
        self.updates = max(updates, 1)
    }

    mutating func next() -> Float {
        defer { done += 1 }
        let position = min(1, Float(done) / Float(updates))
        if position < 0.05 { return highest * (position + 1 / Float(updates)) * 20 }
        let angle = (position - 0.05) / 0.95 * 3.141_592_7
        return highest * 0.5 * (1 + Elementary.sineAndCosine(angle).cosine)
    }
}
