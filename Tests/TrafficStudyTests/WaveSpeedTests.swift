import Testing

import TrafficStudy

@Suite("Waves")
struct WaveSpeedTests {
    /// Speeds with a disturbance of one shape that travels along the road.
    private func field(waveSpeed: Double, noise: Double = 0, isRing: Bool, everyNth: Int = 1) -> SpeedField {
        var random = SystemlessRandom(seed: 5)
        var field = SpeedField(meters: 1000, seconds: 300, isRing: isRing)
        var sample = 0
        for second in 0..<300 {
            for place in stride(from: 5.0, to: 1000, by: 10) {
                sample += 1
                if sample % everyNth != 0 { continue }
                // Two wavelengths fit on the road, so that its ends meet.
                let phase = 2 * Double.pi * (place - waveSpeed * Double(second)) / 500
                let wave = sine(phase) + 0.5 * sine(2 * phase + 1)
                field.add(
                    meters: place, seconds: Double(second), speed: 10 + 3 * wave + noise * (random.next() - 0.5))
            }
        }
        return field
    }

    /// Bhaskara's approximation: a wave's exact shape does not matter.
    private func sine(_ x: Double) -> Double {
        let turn = x / (2 * .pi)
        let part = (turn - turn.rounded(.down)) * 2
        let half = part < 1 ? part : part - 1
        let arch = 16 * half * (1 - half) / (5 - 4 * half * (1 - half))
        return part < 1 ? arch : -arch
    }

    @Test(arguments: [-5.0, -4, -7, 12])
    func aWaveHasTheSpeedThatItWasMadeWith(speed: Double) throws {
        for isRing in [false, true] {
            let found = try #require(WaveSpeed(field(waveSpeed: speed, isRing: isRing)))
            #expect(abs(found.metersPerSecond - speed) < 0.08 * abs(speed), "ring: \(isRing)")
        }
    }

    @Test func noiseAndHolesDoNotHideIt() throws {
        let found = try #require(WaveSpeed(field(waveSpeed: -5, noise: 8, isRing: false, everyNth: 7)))
        #expect(abs(found.metersPerSecond + 5) < 0.5)
    }

    @Test func evenTrafficHasNone() {
        var field = SpeedField(meters: 1000, seconds: 300, isRing: false)
        for second in 0..<300 {
            for place in stride(from: 5.0, to: 1000, by: 10) {
                field.add(meters: place, seconds: Double(second), speed: 20)
            }
        }
        #expect(WaveSpeed(field) == nil)
    }
}

/// Repeatable numbers over 0 to 1 (SplitMix64).
struct SystemlessRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }

    /// Standard normal, nearly: the sum of twelve.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + next() } }
}
