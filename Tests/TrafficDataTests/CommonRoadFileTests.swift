import Foundation
import RoadNetwork
import Testing
import TrafficData

@Suite struct CommonRoadFileTests {
    private func read(_ fixture: CommonRoadFixture) throws -> Recording {
        try CommonRoadFile.read(fixture.data, file: "fixture.xml")
    }

    private func error(_ fixture: CommonRoadFixture) -> TrafficDataError? {
        #expect(throws: TrafficDataError.self) { try read(fixture) }
    }

    @Test(arguments: ["2018b", "2020a"]) func bothVersionsGiveTheSameRecording(version: String) throws {
        let recording = try read(CommonRoadFixture(version: version))
        #expect(recording.name == "USA_US101-7_1_T-1")
        #expect(recording.source == .us101)
        let lanes = recording.lanes.lanes
        #expect(lanes.map(\.sourceID) == [1, 2, 3, 4])
        #expect(lanes[0].leftBound == [Point(x: 0, y: 7), Point(x: 60, y: 7)])
        #expect(lanes[0].rightBound == [Point(x: 0, y: 3.5), Point(x: 60, y: 3.5)])
        #expect(lanes[0].successors == [1] && lanes[1].predecessors == [0])
        #expect(lanes[0].rightNeighbour == 2 && lanes[2].leftNeighbour == 0)
        #expect(lanes[3].speedLimit == (version == "2020a" ? 24.6 : nil))
        let track = try #require(recording.tracks.first)
        #expect(recording.tracks.count == 1)
        #expect(track.id == 500 && track.length == 4.5 && track.width == 1.8 && track.kind == .car)
        #expect(track.states.map(\.position.x) == [10, 11, 12])
        #expect(track.states.allSatisfy { $0.speed == 10 && $0.heading == 0 })
        #expect(abs(track.states[2].time - 0.2) < 1e-12)
    }

    @Test func aGzippedFileReadsAsThePlainOne() throws {
        let fixture = CommonRoadFixture()
        #expect(try CommonRoadFile.read(gzipped(fixture.data), file: "fixture.xml.gz") == read(fixture))
    }

    @Test func aFileOnDiskReadsAsItsContents() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("longhaul-\(UUID().uuidString).xml.gz")
        defer { try? FileManager.default.removeItem(at: url) }
        try gzipped(CommonRoadFixture().data).write(to: url)
        #expect(try CommonRoadFile.read(url) == read(CommonRoadFixture()))
        #expect(throws: TrafficDataError.self) { try CommonRoadFile.read(url.appendingPathExtension("gone")) }
    }

    @Test func aNeighbourOfTheOtherDirectionIsNoNeighbour() throws {
        let lanes = try read(CommonRoadFixture(rightDirection: "opposite")).lanes.lanes
        #expect(lanes[0].rightNeighbour == nil)
        #expect(lanes[2].leftNeighbour == 0)
    }

    @Test func anUnknownVersionIsRefused() {
        #expect(error(CommonRoadFixture(version: "2017a"))?.description.contains("2018b or 2020a") == true)
    }

    @Test(arguments: ["-4.5", "0", "1e9", "nan", "wide", ""]) func anImpossibleLengthIsRefused(length: String)
    {
        #expect(
            error(CommonRoadFixture(length: length))?.description.contains("obstacle 500's shape") == true)
    }

    @Test(arguments: ["0", "-3", "x", "1e300"]) func aTimeOutOfOrderIsRefused(time: String) {
        #expect(error(CommonRoadFixture(secondTime: time))?.description.contains("line ") == true)
    }

    @Test func aReferenceToAMissingLaneletIsRefused() {
        #expect(error(CommonRoadFixture(leftSuccessor: "77"))?.description.contains("no lanelet 77") == true)
    }

    @Test func entityDeclarationsAreRefused() {
        let bomb = "<!DOCTYPE c [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
        let error = error(CommonRoadFixture(benchmark: "&b;", preamble: bomb))
        #expect(error?.description.contains("no document type") == true)
    }

    @Test func truncatedFilesAreRefusedWhereverTheyEnd() throws {
        let data = CommonRoadFixture().data
        for count in stride(from: 0, to: data.count - 1, by: 37) {
            #expect(throws: TrafficDataError.self) {
                try CommonRoadFile.read(data.prefix(count), file: "cut.xml")
            }
        }
    }

    @Test(arguments: ["", "hello", "{\"a\": 1}", "<html></html>", "<a><b></a>", "\u{0}\u{1}\u{2}"])
    func whatIsNoCommonRoadIsRefused(text: String) {
        #expect(throws: TrafficDataError.self) {
            try CommonRoadFile.read(Data(text.utf8), file: "rubbish.xml")
        }
    }

    @Test func deeplyNestedElementsAreRefused() {
        let deep = String(repeating: "<a>", count: 200) + String(repeating: "</a>", count: 200)
        let text = "<commonRoad timeStepSize=\"0.1\" commonRoadVersion=\"2018b\">\(deep)</commonRoad>"
        #expect(throws: TrafficDataError.self) {
            try CommonRoadFile.read(Data(text.utf8), file: "deep.xml")
        }
    }
}
