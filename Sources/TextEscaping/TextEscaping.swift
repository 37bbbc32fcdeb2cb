extension String {
    /// With every scalar that `names` knows replaced.
    ///
    /// By scalars, not by characters: a quote with a combining mark behind it is another character, and still a
    /// quote to whoever parses the text.
    public func escaped(by names: [Unicode.Scalar: String]) -> String {
        var text = ""
        for scalar in unicodeScalars {
            if let name = names[scalar] { text += name } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    /// As text or as an attribute's value in HTML and XML.
    public var escapedForHTML: String {
        escaped(by: ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"])
    }
}
