/// What a cell's text means; `FrameRenderer` turns it into colours. Every meaning is also told by a symbol or
/// a word, so a frame reads the same without any colour.
public struct CellStyle: Sendable, Equatable {
    public enum Ink: UInt8, Sendable { case plain, accent, good, warning, bad }

    public var ink: Ink
    public var isBold: Bool
    public var isFaint: Bool
    public var isInverse: Bool

    public init(_ ink: Ink = .plain, bold: Bool = false, faint: Bool = false, inverse: Bool = false) {
        self.ink = ink
        isBold = bold
        isFaint = faint
        isInverse = inverse
    }

    public static let plain = CellStyle()
    public static let faint = CellStyle(faint: true)
    public static let strong = CellStyle(bold: true)
    public static let accent = CellStyle(.accent)
    public static let title = CellStyle(.accent, bold: true)
    public static let good = CellStyle(.good)
    public static let warning = CellStyle(.warning)
    public static let bad = CellStyle(.bad, bold: true)
}

/// One column of one row: a scalar that takes up exactly one column, and its style.
public struct Cell: Sendable, Equatable {
    public var scalar: Unicode.Scalar
    public var style: CellStyle

    public init(_ scalar: Unicode.Scalar, _ style: CellStyle = .plain) {
        self.scalar = scalar
        self.style = style
    }

    public static let blank = Cell(" ")
}

/// A screenful of cells, row by row.
public struct Frame: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// `height` rows of `width` cells.
    public package(set) var cells: [Cell]

    /// A blank frame. Sizes are held within 1...1000 columns and 1...500 rows, whatever a terminal claims.
    public init(width: Int, height: Int) {
        self.width = min(max(width, 1), 1000)
        self.height = min(max(height, 1), 500)
        cells = Array(repeating: .blank, count: self.width * self.height)
    }

    public subscript(row: Int, column: Int) -> Cell {
        get { cells[row * width + column] }
        set { cells[row * width + column] = newValue }
    }

    /// The rows as text without trailing spaces.
    public var text: String {
        (0..<height).map { row in
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: (0..<width).map { self[row, $0].scalar })
            let line = String(scalars)
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
