import Foundation
import Metrics
import RecordStore

/// All records of a result folder as text, one line each: CSV (RFC 4180) or JSON lines.
///
/// Names carry their units; distances, times and speeds have the shortest decimals that read back to the same
/// 32-bit number. What the columns mean: `Ops/JOURNAL.md`.
public struct RecordTable: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        case csv
        case jsonl
    }

    public let format: Format
    private let folder: ResultFolder

    public init(_ folder: ResultFolder, format: Format) {
        self.folder = folder
        self.format = format
    }

    /// Hands over the table in pieces of some tens of kilobytes.
    ///
    /// - Returns: the number of records.
    /// - Throws: `JournalError`; whatever `write` throws.
    public func write(_ write: (Data) throws -> Void) throws -> UInt64 {
        var buffer = ""
        var count: UInt64 = 0
        if format == .csv { buffer = Self.columns.map(\.name).joined(separator: ",") + "\n" }
        func flush(above limit: Int) throws {
            guard buffer.utf8.count > limit else { return }
            try write(Data(buffer.utf8))
            buffer.removeAll(keepingCapacity: true)
        }
        try folder.forEachShard { shard, records, counts in
            for record in records {
                let row = Row(
                    record: record, shard: shard, number: folder.campaign.number(ofScenario: record.scenario),
                    counts: counts)
                append(row, to: &buffer)
                count += 1
                try flush(above: 1 << 16)
            }
        }
        try flush(above: 0)
        return count
    }

    private func append(_ row: Row, to buffer: inout String) {
        for (index, column) in Self.columns.enumerated() {
            let value = column.value(row)
            switch format {
            case .csv: buffer += (index == 0 ? "" : ",") + value
            case .jsonl:
                buffer += (index == 0 ? "{\"" : ",\"") + column.name + "\":"
                buffer += column.isWord ? "\"" + value + "\"" : value
            }
        }
        buffer += format == .csv ? "\n" : "}\n"
    }

    private struct Row {
        var record: RolloutRecord
        var shard: Int
        var number: UInt64
        var counts: Bool
    }

    private struct Column: Sendable {
        var name: String
        var isWord = false
        var value: @Sendable (Row) -> String
    }

    private static func integer<T: FixedWidthInteger & Sendable>(
        _ name: String, _ path: KeyPath<RolloutRecord, T> & Sendable
    ) -> Column {
        Column(name: name) { "\($0.record[keyPath: path])" }
    }

    private static func float(_ name: String, _ path: KeyPath<RolloutRecord, Float> & Sendable) -> Column {
        Column(name: name) { "\($0.record[keyPath: path])" }
    }

    private static func word(_ name: String, _ value: @escaping @Sendable (RolloutRecord) -> String) -> Column {
        Column(name: name, isWord: true) { value($0.record) }
    }

    private static let columns: [Column] = [
        integer("scenario", \.scenario), Column(name: "seed_scenario") { "\($0.number)" },
        Column(name: "shard") { "\($0.shard)" }, Column(name: "counts") { $0.counts ? "true" : "false" },
        word("family") { $0.family.name }, integer("density_per_km_lane", \.density),
        word("outcome") { $0.outcome.name }, float("ego_meters", \.egoMeters),
        float("agent_meters", \.agentMeters), float("simulated_seconds", \.simulatedSeconds),
        integer("agent_steps", \.agentSteps), word("collision_kind") { $0.collisionKind.name },
        word("collision_partner") { $0.outcome == .collision ? $0.collisionPartner.name : "none" },
        float("collision_meters_per_second", \.collisionSpeed),
        float("minimum_ttc_seconds", \.minimumTimeToCollision), float("minimum_gap_meters", \.minimumGap),
        integer("hard_brakes", \.hardBrakes), integer("discomforts", \.discomforts),
        integer("stuck_steps", \.stuckSteps), float("maximum_jerk_mps3", \.maximumJerk),
        integer("off_road_steps", \.offRoadSteps), integer("lane_changes", \.laneChanges),
        integer("background_collisions", \.backgroundCollisions),
        integer("background_off_road", \.backgroundOffRoad), integer("guarded_decisions", \.guardedDecisions),
        Column(name: "severity") { "\($0.record.severity)" },
        word("digest") { String(repeating: "0", count: $0.digest.leadingZeroBitCount / 4) + String($0.digest, radix: 16) },
    ]
}
