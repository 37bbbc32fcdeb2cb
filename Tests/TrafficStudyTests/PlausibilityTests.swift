import Testing
import TrafficStudy

@Suite("Impossible motions")
struct PlausibilityTests {
    private func after(_ motion: Plausibility.Motion, from: Plausibility.Motion) -> Plausibility {
        var found = Plausibility()
        found.note(from, motion, curvature: 0)
        return found
    }
    private let start = Plausibility.Motion(s: 0, d: 0, heading: 0, speed: 10)

    @Test func drivingOnIsPossible() {
        let found = after(.init(s: 1, d: 0, heading: 0, speed: 10), from: start)
        #expect(found.steps == 1)
        #expect(found.backwards + found.jumps + found.turnsOnTheSpot + found.beyondTyres == 0)
    }

    @Test func aJumpIsNoticed() {
        #expect(after(.init(s: 1.2, d: 0, heading: 0, speed: 10), from: start).jumps == 1)
        #expect(after(.init(s: 1, d: 0.6, heading: 0, speed: 10), from: start).jumps == 1)
    }

    @Test func drivingBackwardsIsNoticed() {
        let standing = Plausibility.Motion(s: 0, d: 0, heading: 0, speed: 0)
        #expect(after(.init(s: -0.05, d: 0, heading: 0, speed: 0), from: standing).backwards == 1)
    }

    @Test func turningOnTheSpotIsNoticed() {
        let standing = Plausibility.Motion(s: 0, d: 0, heading: 0, speed: 0)
        #expect(after(.init(s: 0, d: 0, heading: 0.1, speed: 0), from: standing).turnsOnTheSpot == 1)
        // A circle of 10 m at 10 m/s: 0.1 rad per metre.
        #expect(after(.init(s: 1, d: 0.05, heading: 0.1, speed: 10), from: start).turnsOnTheSpot == 0)
    }

    @Test func brakingBeyondTyresIsNoticed() {
        #expect(after(.init(s: 0.95, d: 0, heading: 0, speed: 9), from: start).beyondTyres == 1)
        #expect(after(.init(s: 0.96, d: 0, heading: 0, speed: 9.2), from: start).beyondTyres == 0)
    }
}
