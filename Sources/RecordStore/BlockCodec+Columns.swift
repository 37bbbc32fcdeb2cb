import Metrics

/// How well each column of a block is compressed: for measuring, not for reading.
extension BlockCodec {
    /// A column by itself, filtered and compressed.
    public struct ColumnSize: Sendable, Equatable {
        /// The filter that is smallest for it.
        public var filter: String
        /// Bytes before and after.
        public var raw: Int
        public var compressed: Int
    }

    /// A block's columns, in their order.
    public static var columnNames: [String] { BlockColumn.all.map(\.name) }

    /// - Throws: `BlockError` for a column that blocks don't have.
    public static func size(ofColumn name: String, _ records: [RolloutRecord]) throws(BlockError) -> ColumnSize {
        guard let column = BlockColumn.all.first(where: { $0.name == name }) else {
            throw .column(name: name, problem: "no block has it")
        }
        var values = [UInt64](repeating: 0, count: records.count)
        values.withUnsafeMutableBufferPointer { values in
            records.withUnsafeBufferPointer { column.read($0, values) }
        }
        var scratch: [UInt8] = []
        var best = ColumnSize(filter: "", raw: records.count * column.kind.width, compressed: .max)
        for filter in ColumnFilter.allCases {
            guard let bytes = filter.apply(values, width: column.kind.width) else { continue }
            let size = LZ4Frame.compressedSize(bytes, scratch: &scratch)
            if size < best.compressed { (best.filter, best.compressed) = ("\(filter)", size) }
        }
        return best
    }
}
