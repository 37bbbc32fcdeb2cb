import CLonghaulPolicy
import Foundation

/// Where things lie in the memory that engine and policy share. This side trusts these numbers alone, never those
/// in the memory itself.
struct SharedLayout {
    let observations: Int
    let actions: Int
    let resets: Int
    let config: Int
    let configBytes: Int
    let bytes: Int

    init(capacity: Int, configBytes: Int) {
        func aligned(_ offset: Int) -> Int { (offset + 4095) / 4096 * 4096 }
        observations = aligned(MemoryLayout<longhaul_shared>.size)
        actions = aligned(observations + capacity * MemoryLayout<longhaul_observation>.stride)
        resets = aligned(actions + capacity * MemoryLayout<longhaul_action>.stride)
        config = aligned(resets + capacity * MemoryLayout<longhaul_reset>.stride)
        self.configBytes = configBytes
        bytes = aligned(config + configBytes + 1)
    }

    /// The header and the configuration.
    func write(_ configuration: [UInt8], to memory: UnsafeMutableRawPointer, capacity: Int) {
        let header = memory.bindMemory(to: longhaul_shared.self, capacity: 1)
        header.pointee.setup = longhaul_setup(
            abi: UInt32(LONGHAUL_POLICY_ABI), capacity: UInt32(capacity), step_seconds: 0.1, reserved: 0)
        header.pointee.observations = UInt64(observations)
        header.pointee.actions = UInt64(actions)
        header.pointee.resets = UInt64(resets)
        header.pointee.config = UInt64(config)
        header.pointee.config_bytes = UInt64(configBytes)
        (memory + config).copyMemory(from: configuration, byteCount: configBytes)
    }

    /// What the next step is about.
    func write(_ list: [longhaul_reset], count: Int, to memory: UnsafeMutableRawPointer) {
        let header = memory.assumingMemoryBound(to: longhaul_shared.self)
        header.pointee.count = UInt32(count)
        header.pointee.reset_count = UInt32(list.count)
        list.withUnsafeBytes { (memory + resets).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }

    /// Why the policy can't be made, in its own words.
    func problem(in memory: UnsafeMutableRawPointer) -> String {
        let header = memory.assumingMemoryBound(to: longhaul_shared.self)
        let bytes = withUnsafeBytes(of: header.pointee.problem) { $0.prefix { $0 != 0 } }
        return String(decoding: bytes, as: UTF8.self)
    }
}
