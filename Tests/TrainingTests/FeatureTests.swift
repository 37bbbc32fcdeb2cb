import RoadNetwork
import Testing
import TrafficData
import Training
import WorldModel

@Suite struct FeatureTests {
    /// Features of everybody at 5 s.
    private func features(_ recording: RoadRecording, mirrored: Bool = false) -> [[Float]] {
        let source = PreparedRecording(recording)
        let frame = RecordedFrame(source)
        let unknown = [DriverTraits?](repeating: nil, count: recording.tracks.count)
        frame.load(frame: 50, mirrored: mirrored, traits: unknown)
        return (0..<frame.count).map { slot in
            var row: [Float] = []
            frame.appendFeatures(slot: slot, to: &row)
            return Array(row[..<Features.count])
        }
    }

    @Test func aShiftAlongTheRoadChangesNothing() {
        let here = syntheticRecording()
        var there = here
        there.corridor.start += 512
        for index in there.tracks.indices { there.tracks[index].s = there.tracks[index].s.map { $0 + 512 } }
        for (a, b) in zip(features(here), features(there)) {
            for feature in 0..<Features.count {
                #expect((a[feature] - b[feature]).magnitude < 1e-3, "feature \(feature)")
            }
        }
    }

    @Test func aMirrorFlipsSidesAndSwapsNeighbours() {
        let recording = syntheticRecording()
        let plain = features(recording), mirrored = features(recording, mirrored: true)
        #expect(plain.count == recording.tracks.count)
        // Some driver has somebody on one side only, else the swap would not show.
        #expect(plain.contains { $0[11] != $0[12] })
        for (a, b) in zip(plain, mirrored) {
            let expected = mirrorImage(of: a)
            for feature in 0..<Features.count {
                #expect((expected[feature] - b[feature]).magnitude < 1e-5, "feature \(feature)")
            }
        }
    }

    private func mirrorImage(of row: [Float]) -> [Float] {
        var image = row
        for signed in [5, 6, 7, 9, 17, 18, 29] { image[signed] = -row[signed] }
        for (left, right) in [(11, 12), (13, 14)] {
            image[left] = row[right]
            image[right] = row[left]
        }
        let other: [Neighbour: Neighbour] = [
            .leftLeader: .rightLeader, .leftFollower: .rightFollower, .leftSecondLeader: .rightSecondLeader,
            .rightLeader: .leftLeader, .rightFollower: .leftFollower, .rightSecondLeader: .leftSecondLeader,
        ]
        for neighbour in Neighbour.allCases.prefix(Neighbour.perceived) {
            let from = Features.ownCount + (other[neighbour] ?? neighbour).rawValue * Features.perNeighbour
            let to = Features.ownCount + neighbour.rawValue * Features.perNeighbour
            for place in 0..<Features.perNeighbour { image[to + place] = row[from + place] }
            // Offset and speed across.
            image[to + Features.perNeighbour - 2] *= -1
            image[to + Features.perNeighbour - 1] *= -1
        }
        return image
    }

    /// Whether somebody may be missing is told to everybody, and once more to those who have nobody ahead.
    @Test func whereARecordingEndsTheRoadAheadIsUnknown() {
        let frame = RecordedFrame(PreparedRecording(syntheticRecording()))
        let unknown = [DriverTraits?](repeating: nil, count: syntheticRecording().tracks.count)
        frame.load(frame: 50, mirrored: false, traits: unknown)
        var leaderless = 0
        for slot in 0..<frame.count {
            var open: [Float] = [], ending: [Float] = []
            frame.appendFeatures(slot: slot, seesAll: true, to: &open)
            frame.appendFeatures(slot: slot, seesAll: false, to: &ending)
            let hasLeader = frame.neighbours[slot * Neighbour.count] >= 0
            let different = open.indices.filter { open[$0] != ending[$0] }
            #expect(different.count == (hasLeader ? 1 : 2))
            #expect(different.allSatisfy { open[$0] == 0 && ending[$0] == 1 })
            leaderless += hasLeader ? 0 : 1
        }
        #expect(leaderless > 0)
    }

    @Test func aMirroredMotionIsTheSameAlongAndOppositeAcross() {
        let track = syntheticRecording().tracks[3]
        let plain = track.profile(after: 60, mirrored: false)
        let mirrored = track.profile(after: 60, mirrored: true)
        #expect(plain.along == mirrored.along)
        #expect(plain.across == mirrored.across.map { -$0 })
    }
}
