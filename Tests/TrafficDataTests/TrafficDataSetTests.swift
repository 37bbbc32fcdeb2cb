import Foundation
import RoadNetwork
import Testing
import TrafficData

@Suite struct DataSplitTests {
    @Test func scenesOfOneNumberAreInOneSplit() {
        #expect(DataSplit.of("USA_US101-6_2_T-1") == .test)
        #expect(DataSplit.of("USA_US101-6_3_T-1") == .test)
        #expect(DataSplit.of("USA_US101-20_1_T-1") == .validation)
        #expect(DataSplit.of("USA_US101-4_3_T-1") == .train)
    }

    @Test func partsOfARecordingNameTheirSplit() {
        #expect(DataSplit.of("REC_ii_LR_9-1/test") == .test)
        #expect(DataSplit.of("REC_ii_LR_9-1/validation") == .validation)
        #expect(DataSplit.of("REC_ii_LR_9+1/train") == .train)
    }

    @Test func namesWithoutANumberAreForTraining() {
        #expect(DataSplit.sceneNumber("REC_ii_LR_9") == nil)
        #expect(DataSplit.sceneNumber("REC_ii_LR_9-1/test") == nil)
        #expect(DataSplit.of("") == .train)
        #expect(DataSplit.of("a-") == .train)
        #expect(DataSplit.of("a-99999999999999999999999_1") == .train)
    }
}

@Suite(.enabled(if: SharedData.isPresent, "\(SharedData.skipped)"), .serialized)
struct TrafficDataSetTests {
    private static let set = Result { try TrafficDataSet.load(SharedData.folder) }
    private let set: TrafficDataSet

    init() throws { set = try Self.set.get() }

    private func median(_ values: [Float]) -> Float { values.sorted()[values.count / 2] }

    private func tracks(_ source: RecordingSource) -> [RoadTrack] {
        set.scenes.filter { $0.source == source }.flatMap(\.recording.tracks)
    }

    @Test func everyFreewaySceneIsReadAndEveryIntersectionRefusedForWhatItIs() {
        #expect(set.scenes.filter { $0.source == .us101 }.count == 33)
        // One carriageway of one recording and both of another, in three parts each.
        #expect(set.scenes.filter { $0.source == .i24 }.count == 9)
        #expect(set.refused.count == 29)
        #expect(tracks(.us101).count == 823)
        #expect(tracks(.i24).count == 431)
    }

    @Test func theRecordingWhoseTracksWereMixedUpIsRefused() {
        let mixedUp = set.refused.filter { if case .mixedUpTracks = $0 { true } else { false } }
        #expect(mixedUp == [.mixedUpTracks(recording: "REC_i_TransformerV2-1", percent: 11)])
    }

    @Test func intersectionsAreReadAsRecordings() throws {
        let recording = try CommonRoadFile.read(SharedData.commonRoad("USA_Lanker-2_9_T-1"))
        #expect(recording.source == .lankershim)
        #expect(recording.lanes.lanes.count == 112)
        #expect(recording.tracks.count == 78)
        let error = #expect(throws: TrafficDataError.self) { try RoadRecording(recording) }
        guard case .notOneCarriageway("USA_Lanker-2_9_T-1", _) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test func speedsAreThoseOfTheSources() {
        let us101 = median(tracks(.us101).flatMap(\.speed))
        #expect(abs(us101 - 13.7) < 0.5, "\(us101)")
        let freeFlow = set.scenes.filter { $0.name.hasPrefix("REC_i_PINN") }.flatMap(\.recording.tracks)
        let i24 = median(freeFlow.flatMap(\.speed))
        #expect(abs(i24 - 31) < 1.5, "\(i24)")
        #expect((tracks(.us101) + tracks(.i24)).allSatisfy { $0.speed.allSatisfy { $0 >= 0 && $0 < 50 } })
    }

    /// NGSIM's positions tremble even when smoothed; I-24's were smoothed by their makers.
    @Test(arguments: [(RecordingSource.us101, Float(5.4), Float(7)), (.i24, 2.5, 3)])
    func smoothedAccelerationsArePossible(source: RecordingSource, nearlyAll: Float, all: Float) {
        let sorted = tracks(source).flatMap { $0.acceleration.map(abs) }.sorted()
        #expect(sorted[sorted.count * 999 / 1000] < nearlyAll)
        #expect(sorted[sorted.count - 1] < all)
    }

    @Test(arguments: [RecordingSource.us101, .i24]) func hardlyAnybodyStandsInAnother(source: RecordingSource)
    {
        var states = 0
        var overlaps = 0
        for scene in set.scenes where scene.source == source {
            let tracks = scene.recording.tracks
            states += tracks.map(\.frameCount).reduce(0, +)
            for (a, p) in tracks.enumerated() {
                for q in tracks[(a + 1)...] {
                    overlaps += p.frames.clamped(to: q.frames).count { frame in
                        let (i, j) = (frame - p.firstFrame, frame - q.firstFrame)
                        return 2 * abs(p.s[i] - q.s[j]) < p.length + q.length
                            && 2 * abs(p.d[i] - q.d[j]) < p.width + q.width
                    }
                }
            }
        }
        #expect(Double(overlaps) < 0.001 * Double(states), "\(overlaps) of \(states)")
    }

    @Test(arguments: [(RecordingSource.us101, 0.005), (.i24, 0.01)])
    func vehiclesDriveOnTheLanes(source: RecordingSource, limit: Double) {
        var states = 0
        var outside = 0
        for scene in set.scenes where scene.source == source {
            let corridor = scene.recording.corridor
            for track in scene.recording.tracks {
                for (s, d) in zip(track.s, track.d) {
                    let position = Int((s - corridor.start) / corridor.spacing + 0.5)
                    let sample = max(0, min(corridor.sampleCount - 1, position))
                    let lanes = (0..<corridor.laneCount).map { $0 * corridor.sampleCount + sample }
                        .filter { corridor.laneWidth[$0] > 0 }
                    let left = lanes.map { corridor.laneCentre[$0] + 0.5 * corridor.laneWidth[$0] }.max() ?? 0
                    let right =
                        lanes.map { corridor.laneCentre[$0] - 0.5 * corridor.laneWidth[$0] }.min() ?? 0
                    states += 1
                    if d + 0.5 * track.width > left + 0.6 || d - 0.5 * track.width < right - 0.6 {
                        outside += 1
                    }
                }
            }
        }
        #expect(Double(outside) < limit * Double(states), "\(outside) of \(states)")
    }

    @Test func roadCoordinatesLeadBackToTheRecordedPoints() throws {
        for name in ["USA_US101-22_3_T-1", "USA_US101-5_1_T-1", "USA_US101-12_1_T-1"] {
            let recording = try CommonRoadFile.read(SharedData.commonRoad(name))
            let corridor = try RoadRecording(recording).corridor
            for state in recording.tracks.flatMap(\.states) {
                let road = corridor.roadCoordinates(of: state.position)
                let point = corridor.point(s: road.s, d: road.d).point
                #expect(abs(point.x - state.position.x) < 0.01 && abs(point.y - state.position.y) < 0.01)
            }
        }
    }

    @Test func theCurvatureIsThatOfAFreeway() {
        for scene in set.scenes {
            #expect(scene.recording.corridor.curvature.allSatisfy { abs($0) < 0.002 }, "\(scene.name)")
        }
    }

    @Test func noSceneNumberIsInTwoSplits() {
        var splits: [Int: Set<DataSplit>] = [:]
        for scene in set.scenes {
            if let number = scene.number { splits[number, default: []].insert(scene.split) }
        }
        #expect(!splits.isEmpty && splits.values.allSatisfy { $0.count == 1 })
        for split in DataSplit.allCases {
            #expect(
                !set.recordings(split, from: .us101).isEmpty && !set.recordings(split, from: .i24).isEmpty)
        }
    }

    @Test(arguments: [(RecordingSource.us101, 0.3, 0.9), (.i24, 0.1, 0.3)])
    func thePastAloneTellsTheStateNearly(
        source: RecordingSource, speedLimit: Double, accelerationLimit: Double
    ) {
        var squares = (speed: 0.0, acceleration: 0.0, count: 0.0)
        for scene in set.scenes where scene.source == source {
            for (index, track) in scene.recording.tracks.enumerated() where track.frameCount > 20 {
                for frame in stride(from: 10, to: track.frameCount - 8, by: 5) {
                    let past = scene.recording.stateFromPast(of: index, at: track.firstFrame + frame)
                    guard let past else { continue }
                    squares.speed += Double(past.speed - track.speed[frame]).squared
                    squares.acceleration += Double(past.acceleration - track.acceleration[frame]).squared
                    squares.count += 1
                }
            }
        }
        #expect((squares.speed / squares.count).squareRoot() < speedLimit)
        #expect((squares.acceleration / squares.count).squareRoot() < accelerationLimit)
    }
}

extension Double {
    fileprivate var squared: Double { self * self }
}
