import Foundation
import Metrics
import Scenarios
import Testing

import Findings

@Suite struct ExportTests {
    private func text(_ folder: ResultFolder, _ format: RecordTable.Format) throws -> String {
        var data = Data()
        let count = try RecordTable(folder, format: format).write { data += $0 }
        #expect(count == 480)
        return String(decoding: data, as: UTF8.self)
    }

    @Test func everyRecordIsOneLineOfCSVThatReadsBack() throws {
        let folder = try RealResults.b.get()
        let lines = try text(folder, .csv).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        let head = try #require(lines.first)
        #expect(lines.count == 481 && lines.allSatisfy { $0.count == head.count })
        func column(_ name: String) throws -> Int { try #require(head.firstIndex(of: name)) }
        for (line, record) in zip(lines.dropFirst(), try RealResults.records(folder)) {
            #expect(try line[column("scenario")] == "\(record.scenario)")
            #expect(try line[column("outcome")] == record.outcome.name)
            #expect(try Float(line[column("ego_meters")]) == record.egoMeters)
            #expect(try Float(line[column("minimum_ttc_seconds")]) == record.minimumTimeToCollision)
            #expect(try UInt64(line[column("digest")], radix: 16) == record.digest)
            #expect(try line[column("digest")].count == 16)
        }
    }

    @Test func everyRecordIsOneJSONObject() throws {
        let folder = try RealResults.b.get()
        let lines = try text(folder, .jsonl).split(separator: "\n")
        for (line, record) in zip(lines, try RealResults.records(folder)) {
            let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let object = try #require(parsed as? [String: Any])
            #expect(object["scenario"] as? UInt64 == record.scenario)
            #expect(object["family"] as? String == record.family.name)
            #expect(object["counts"] as? Bool == true)
            #expect(object["hard_brakes"] as? UInt16 == record.hardBrakes)
            #expect(abs(try #require(object["severity"] as? Double) - record.severity) < 1e-9)
        }
        #expect(lines.count == 480)
    }

    @Test func whatLiesBeyondTheEndIsMarked() throws {
        var campaign = RealResults.constantVelocity
        campaign.stop.failures = 5
        let folder = try RealResults.folder(of: campaign)
        let counting = try text(folder, .csv).split(separator: "\n").count { $0.contains(",true,") }
        #expect(counting == folder.countedShards * 32 && counting < 480)
    }
}
