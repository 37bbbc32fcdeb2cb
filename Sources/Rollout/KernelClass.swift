import CLonghaulPolicy
import ReproducibleMath
import RolloutKernel
import RolloutState
import WorldModel

#if arch(x86_64)
    import RolloutKernelX86V3
    import RolloutKernelX86V4
    import CpuFeatures
#endif

/// The builds of the rollout's hot loop, and the plain reference. All give the same bits.
public enum KernelClass: String, Sendable, CaseIterable, Codable {
    /// Plain scalar code, agent by agent: slow, and easy to check.
    case reference
    /// Built for any CPU of this architecture. On x86-64 without FMA slow, on arm64 this is NEON.
    case portable
    /// AVX2 and FMA.
    case x86v3 = "x86-64-v3"
    /// AVX-512.
    case x86v4 = "x86-64-v4"

    /// The kernels that this CPU can run, slowest first.
    public static var available: [KernelClass] {
        var classes: [KernelClass] = [.reference, .portable]
        #if arch(x86_64)
            if longhaul_cpu_has_v3() != 0 { classes.append(.x86v3) }
            if longhaul_cpu_has_v4() != 0 { classes.append(.x86v4) }
        #endif
        return classes
    }

    /// The fastest that this CPU can run.
    public static var best: KernelClass { available[available.count - 1] }

    /// True where `best` falls back to emulated fused multiply-adds.
    public static var isEmulated: Bool {
        #if arch(x86_64)
            best == .portable
        #else
            false
        #endif
    }
}

/// The entry points of one kernel build.
struct Kernel {
    private let decide: (UnsafeMutablePointer<RolloutBatch>) -> Void
    private let advance: (UnsafeMutablePointer<RolloutBatch>, ((Int) -> Void)?) -> Void
    /// What the egos see, for a policy in another process; see `observeEgos`.
    let observeEgos:
        (
            UnsafeMutablePointer<RolloutBatch>, UnsafeMutablePointer<longhaul_observation>,
            UnsafeMutablePointer<Int32>
        ) -> Int
    /// One step after such a policy has answered; see `advanceExternally`.
    let advanceExternally:
        (
            _ batch: UnsafeMutablePointer<RolloutBatch>, _ substep: Int, _ count: Int,
            _ scenes: UnsafePointer<Int32>, _ actions: UnsafePointer<longhaul_action>,
            _ trace: UnsafeMutablePointer<UInt32>, _ steps: Int, _ observe: ((Int) -> Void)?
        ) -> Void

    init(_ kernelClass: KernelClass, model: WorldModel) {
        switch kernelClass {
        case .reference:
            let reference = ReferenceKernel(model: model)
            decide = reference.decide
            advance = RolloutKernel.advance
            observeEgos = RolloutKernel.observeEgos
            advanceExternally = RolloutKernel.advanceExternally
        #if arch(x86_64)
            case .x86v3:
                decide = RolloutKernelX86V3.decide
                advance = RolloutKernelX86V3.advance
                observeEgos = RolloutKernelX86V3.observeEgos
                advanceExternally = RolloutKernelX86V3.advanceExternally
            case .x86v4:
                decide = RolloutKernelX86V4.decide
                advance = RolloutKernelX86V4.advance
                observeEgos = RolloutKernelX86V4.observeEgos
                advanceExternally = RolloutKernelX86V4.advanceExternally
        #else
            case .x86v3, .x86v4: fallthrough
        #endif
        case .portable:
            decide = RolloutKernel.decide
            advance = RolloutKernel.advance
            observeEgos = RolloutKernel.observeEgos
            advanceExternally = RolloutKernel.advanceExternally
        }
    }

    /// Scenes that are decided for and moved together.
    static let group = 16

    /// One decision interval of every active scene.
    func run(_ batch: UnsafeMutablePointer<RolloutBatch>, _ observe: ((Int) -> Void)?) {
        for first in stride(from: 0, to: batch.pointee.sceneCount, by: Self.group) {
            run(batch, first..<min(first + Self.group, batch.pointee.sceneCount), observe)
        }
    }

    /// One decision interval of those of `scenes` that are active.
    func run(_ batch: UnsafeMutablePointer<RolloutBatch>, _ scenes: Range<Int>, _ observe: ((Int) -> Void)?) {
        batch.pointee.working = scenes
        decide(batch)
        advance(batch, observe)
    }

    /// Everybody but the egos decides, in every active scene.
    func decideAll(_ batch: UnsafeMutablePointer<RolloutBatch>) {
        for first in stride(from: 0, to: batch.pointee.sceneCount, by: Self.group) {
            batch.pointee.working = first..<min(first + Self.group, batch.pointee.sceneCount)
            decide(batch)
        }
    }
}
