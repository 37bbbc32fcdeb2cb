import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Reads an XML file section by section: each child of the root is built, handed over and let go, so that
/// a file's size never decides how much of it is held at once.
final class XMLSectionReader: NSObject, XMLParserDelegate {
    /// Deeper files are refused: the formats read here stay far below.
    private static let maximumDepth = 32

    private let file: String
    private let onRoot: (XMLSection) throws -> Void
    private let onSection: (XMLSection) throws -> Void
    private var open: [XMLSection] = []
    private var failure: (any Error)?
    /// The parser itself takes a file that ends early for a whole one.
    private var isRootClosed = false

    /// - Parameters:
    ///   - onRoot: receives the root element with its attributes, before anything else.
    ///   - onSection: receives each child of the root, whole.
    static func read(
        _ data: Data, file: String, onRoot: @escaping (XMLSection) throws -> Void,
        onSection: @escaping (XMLSection) throws -> Void
    ) throws {
        // A document type can declare entities that inflate to gigabytes; no recording needs one.
        guard data.range(of: Data("<!DOCTYPE".utf8)) == nil else {
            throw TrafficDataError.malformed(
                file: file, place: "<!DOCTYPE", expected: "no document type declaration")
        }
        // Foundation's parser ends the process at an element's name that is no UTF-8; libxml2 passes it on.
        guard data.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) != nil else {
            throw TrafficDataError.malformed(file: file, place: "the whole file", expected: "UTF-8 text")
        }
        // It also ends the process at a processing instruction without content, such as <?a?>.
        guard !hasProcessingInstruction(data) else {
            throw TrafficDataError.malformed(
                file: file, place: "<?", expected: "no processing instruction but <?xml …?> at the start")
        }
        let reader = XMLSectionReader(file: file, onRoot: onRoot, onSection: onSection)
        let parser = XMLParser(data: data)
        parser.delegate = reader
        let complete = parser.parse()
        if let failure = reader.failure { throw failure }
        guard complete, reader.isRootClosed else {
            let place = "line \(max(1, parser.lineNumber))"
            throw TrafficDataError.malformed(file: file, place: place, expected: "well-formed XML")
        }
    }

    /// Whether there is one beside the declaration that the file may begin with.
    private static func hasProcessingInstruction(_ data: Data) -> Bool {
        data.withUnsafeBytes { bytes in
            let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
            let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
            let begins = ["<?xml ", "<?xml\t", "<?xml\r", "<?xml\n"].contains {
                bytes.dropFirst(start).starts(with: $0.utf8)
            }
            var place = start + (begins ? 2 : 0)
            while place + 1 < bytes.count {
                if bytes[place] == UInt8(ascii: "<") && bytes[place + 1] == UInt8(ascii: "?") { return true }
                place += 1
            }
            return false
        }
    }

    private init(
        file: String, onRoot: @escaping (XMLSection) throws -> Void,
        onSection: @escaping (XMLSection) throws -> Void
    ) {
        self.file = file
        self.onRoot = onRoot
        self.onSection = onSection
    }

    private func fail(_ parser: XMLParser, _ error: any Error) {
        if failure == nil { failure = error }
        parser.abortParsing()
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard failure == nil else { return }
        let section = XMLSection(name: name, attributes: attributes, line: parser.lineNumber)
        guard open.count < Self.maximumDepth else {
            return fail(
                parser, malformed(parser, expected: "elements nested at most \(Self.maximumDepth) deep"))
        }
        if open.isEmpty {
            do { try onRoot(section) } catch { return fail(parser, error) }
        } else if open.count > 1 {
            open[open.count - 1].children.append(section)
        }
        open.append(section)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard failure == nil, let section = open.popLast() else { return }
        isRootClosed = open.isEmpty
        guard open.count == 1 else { return }
        do { try onSection(section) } catch { fail(parser, error) }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
        open.last?.text += characters
    }

    private func malformed(_ parser: XMLParser, expected: String) -> TrafficDataError {
        .malformed(file: file, place: "line \(parser.lineNumber)", expected: expected)
    }
}
