/// One element of an XML file with all that is in it.
final class XMLSection {
    let name: String
    let attributes: [String: String]
    let line: Int
    var children: [XMLSection] = []
    var text = ""

    init(name: String, attributes: [String: String], line: Int) {
        self.name = name
        self.attributes = attributes
        self.line = line
    }

    /// The first child of that name.
    func child(_ name: String) -> XMLSection? { children.first { $0.name == name } }

    func children(_ name: String) -> [XMLSection] { children.filter { $0.name == name } }

    /// The element's text as a number; nil where it is none or not finite.
    var number: Double? {
        guard let value = Double(trimmedText), value.isFinite else { return nil }
        return value
    }

    var trimmedText: String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
