import Metrics

/// One field of `RolloutRecord` as a column of a block: how its values become bit patterns and come back.
package struct BlockColumn: Sendable {
    /// A column's type; the raw value is its code in a block's directory.
    package enum Kind: UInt8, Sendable, CaseIterable {
        case unsigned8 = 1, unsigned16 = 2, unsigned32 = 3, unsigned64 = 4, float32 = 5

        /// Bytes a value.
        package var width: Int {
            switch self {
            case .unsigned8: 1
            case .unsigned16: 2
            case .unsigned32, .float32: 4
            case .unsigned64: 8
            }
        }
    }

    package let name: String
    package let kind: Kind
    /// The field's bit pattern.
    let bits: @Sendable (RolloutRecord) -> UInt64
    /// Sets the field from a bit pattern; returns what is wrong with it, or nil.
    let set: @Sendable (UInt64, inout RolloutRecord) -> String?

    /// A block's columns, in their order.
    package static let all: [BlockColumn] = [
        integer("scenario", .unsigned64, \.scenario),
        choice("family", \.family),
        choice("outcome", \.outcome),
        float("ego_meters", \.egoMeters, in: 0...longestDistance),
        float("agent_meters", \.agentMeters, in: 0...longestDistance),
        float("simulated_seconds", \.simulatedSeconds, in: 0...longestDistance),
        integer("agent_steps", .unsigned32, \.agentSteps),
        choice("collision_kind", \.collisionKind),
        choice("collision_partner", \.collisionPartner),
        float("collision_meters_per_second", \.collisionSpeed),
        float("minimum_ttc_seconds", \.minimumTimeToCollision),
        float("minimum_gap_meters", \.minimumGap),
        integer("hard_brakes", .unsigned16, \.hardBrakes),
        float("maximum_jerk_mps3", \.maximumJerk),
        integer("off_road_steps", .unsigned16, \.offRoadSteps),
        integer("lane_changes", .unsigned16, \.laneChanges),
        integer("background_collisions", .unsigned16, \.backgroundCollisions),
        integer("background_off_road", .unsigned16, \.backgroundOffRoad),
        integer("guarded_decisions", .unsigned32, \.guardedDecisions),
        integer("digest", .unsigned64, \.digest),
    ]

    /// Bytes of one record before filters and compression.
    package static let recordWidth = all.reduce(0) { $0 + $1.kind.width }

    /// 100,000 km, more than any rollout drives: keeps sums of distances far from overflow.
    private static let longestDistance: Float = 1e8

    private static func integer<T: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ name: String, _ kind: Kind, _ path: WritableKeyPath<RolloutRecord, T> & Sendable
    ) -> BlockColumn {
        BlockColumn(
            name: name, kind: kind, bits: { UInt64($0[keyPath: path]) },
            set: { bits, record in
                record[keyPath: path] = T(truncatingIfNeeded: bits)
                return nil
            })
    }

    private static func choice<T: RawRepresentable & Sendable>(
        _ name: String, _ path: WritableKeyPath<RolloutRecord, T> & Sendable
    ) -> BlockColumn where T.RawValue == UInt8 {
        BlockColumn(
            name: name, kind: .unsigned8, bits: { UInt64($0[keyPath: path].rawValue) },
            set: { bits, record in
                guard let value = T(rawValue: UInt8(truncatingIfNeeded: bits)) else { return "code \(bits)" }
                record[keyPath: path] = value
                return nil
            })
    }

    private static func float(
        _ name: String, _ path: WritableKeyPath<RolloutRecord, Float> & Sendable,
        in range: ClosedRange<Float> = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
    ) -> BlockColumn {
        BlockColumn(
            name: name, kind: .float32, bits: { UInt64($0[keyPath: path].bitPattern) },
            set: { bits, record in
                let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
                guard range.contains(value) else { return "\(value)" }
                record[keyPath: path] = value
                return nil
            })
    }
}
