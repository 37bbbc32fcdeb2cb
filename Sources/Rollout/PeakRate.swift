import RolloutKernel

#if arch(x86_64)
    import RolloutKernelX86V3
    import RolloutKernelX86V4
#endif

/// The fastest that one core can multiply and add, measured: what the network's rate is compared with.
public enum PeakRate {
    /// - Parameter seconds: how long to measure.
    /// - Returns: floating-point operations a second on the calling thread, the best of short runs.
    public static func measure(_ kernelClass: KernelClass = .best, seconds: Double = 0.2) -> Double {
        let (chains, perRound): ((Int, Float, Float) -> Float, Int)
        switch kernelClass {
        #if arch(x86_64)
            case .x86v3:
                (chains, perRound) = (
                    RolloutKernelX86V3.multiplyAddChains, RolloutKernelX86V3.multiplyAddsPerRound()
                )
            case .x86v4:
                (chains, perRound) = (
                    RolloutKernelX86V4.multiplyAddChains, RolloutKernelX86V4.multiplyAddsPerRound()
                )
        #endif
        default:
            (chains, perRound) = (RolloutKernel.multiplyAddChains, RolloutKernel.multiplyAddsPerRound())
        }
        let clock = ContinuousClock()
        let rounds = 200_000
        var best = 0.0, total = 0.0, sink: Float = 0
        repeat {
            let start = clock.now
            sink += chains(rounds, 0.999, 0.001)
            let elapsed = (clock.now - start) / .seconds(1)
            best = max(best, 2 * Double(rounds * perRound) / elapsed)
            total += elapsed
        } while total < seconds
        return sink.isFinite ? best : 0
    }
}
