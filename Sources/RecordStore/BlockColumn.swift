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

    /// A value that no rollout has.
    struct Fault {
        var record: Int
        var found: String
    }

    package let name: String
    package let kind: Kind
    /// Copies the field of all records to as many bit patterns.
    let read: @Sendable (UnsafeBufferPointer<RolloutRecord>, UnsafeMutableBufferPointer<UInt64>) -> Void
    /// Sets the field of all records from as many bit patterns; returns the first that no rollout has.
    let write: @Sendable (UnsafeBufferPointer<UInt64>, UnsafeMutableBufferPointer<RolloutRecord>) -> Fault?

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
        integer("discomforts", .unsigned16, \.discomforts),
        integer("stuck_steps", .unsigned16, \.stuckSteps),
        float("maximum_jerk_mps3", \.maximumJerk),
        integer("off_road_steps", .unsigned16, \.offRoadSteps),
        integer("lane_changes", .unsigned16, \.laneChanges),
        integer("background_collisions", .unsigned16, \.backgroundCollisions),
        integer("background_off_road", .unsigned16, \.backgroundOffRoad),
        integer("guarded_decisions", .unsigned32, \.guardedDecisions),
        integer("density_per_km_lane", .unsigned8, \.density),
        integer("digest", .unsigned64, \.digest),
    ]

    /// Bytes of one record before filters and compression.
    package static let recordWidth = all.reduce(0) { $0 + $1.kind.width }

    /// 100,000 km, more than any rollout drives: keeps sums of distances far from overflow.
    private static let longestDistance: Float = 1e8

    private static func integer<T: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ name: String, _ kind: Kind, _ path: WritableKeyPath<RolloutRecord, T> & Sendable
    ) -> BlockColumn {
        column(name, kind, path, bits: { UInt64($0) }, value: { T(truncatingIfNeeded: $0) })
    }

    private static func choice<T: RawRepresentable & Sendable>(
        _ name: String, _ path: WritableKeyPath<RolloutRecord, T> & Sendable
    ) -> BlockColumn where T.RawValue == UInt8 {
        column(
            name, .unsigned8, path, bits: { UInt64($0.rawValue) },
            value: { T(rawValue: UInt8(truncatingIfNeeded: $0)) }, fault: { "code \($0)" })
    }

    private static func float(
        _ name: String, _ path: WritableKeyPath<RolloutRecord, Float> & Sendable,
        in range: ClosedRange<Float> = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
    ) -> BlockColumn {
        @Sendable func number(_ bits: UInt64) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }
        return column(
            name, .float32, path, bits: { UInt64($0.bitPattern) },
            value: { range.contains(number($0)) ? number($0) : nil }, fault: { "\(number($0))" })
    }

    /// - Parameters:
    ///   - value: nil for a bit pattern that no rollout has.
    ///   - fault: says what such a pattern is.
    @inline(__always)
    private static func column<T: Sendable>(
        _ name: String, _ kind: Kind, _ path: WritableKeyPath<RolloutRecord, T> & Sendable,
        bits: @escaping @Sendable (T) -> UInt64, value: @escaping @Sendable (UInt64) -> T?,
        fault: @escaping @Sendable (UInt64) -> String = { "\($0)" }
    ) -> BlockColumn {
        // Key paths are looked up at run time, twenty times a record: too slow for a coordinator.
        guard let offset = MemoryLayout<RolloutRecord>.offset(of: path) else {
            preconditionFailure("\(name) is not a stored property")
        }
        let stride = MemoryLayout<RolloutRecord>.stride
        return BlockColumn(
            name: name, kind: kind,
            read: { records, values in
                guard let fields = UnsafeRawPointer(records.baseAddress) else { return }
                for index in 0..<min(records.count, values.count) {
                    values[index] = bits(fields.load(fromByteOffset: index * stride + offset, as: T.self))
                }
            },
            write: { values, records in
                guard let fields = UnsafeMutableRawPointer(records.baseAddress) else { return nil }
                for index in 0..<min(records.count, values.count) {
                    guard let value = value(values[index]) else {
                        return Fault(record: index, found: fault(values[index]))
                    }
                    (fields + (index * stride + offset)).assumingMemoryBound(to: T.self).pointee = value
                }
                return nil
            })
    }
}
