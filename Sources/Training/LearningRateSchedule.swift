import ReproducibleMath

/// A linear rise over the first 5 % of the training, then half a cosine down to zero.
struct LearningRateSchedule {
    let highest: Float

    /// - Parameter position: how much of the training is done, 0 to 1.
    func rate(at position: Float) -> Float {
        if position < 0.05 { return highest * position * 20 }
        let angle = (min(1, position) - 0.05) / 0.95 * 3.141_592_7
        return highest * 0.5 * (1 + Elementary.sineAndCosine(angle).cosine)
    }
}
