/// What a campaign file may not contain, checked before the YAML parser sees it.
enum YAMLBounds {
    /// An alias (`*name`) repeats a part of the file, and aliases of aliases multiply. A campaign needs
    /// none; a few asterisks are let pass, because they may stand in comments.
    static let maximumAsterisks = 8
    /// Brackets in the whole file; a campaign has one pair. It keeps the parser's recursion short.
    static let maximumBrackets = 64

    static func check(_ yaml: String, file: String) throws(CampaignError) {
        var line = 1, asterisks = 0, brackets = 0
        for byte in yaml.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "*"): asterisks += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
            default: continue
            }
            if asterisks > maximumAsterisks {
                throw CampaignError(
                    file: file, line: line, problem: "more than \(maximumAsterisks) asterisks or aliases",
                    expected: "a campaign without YAML aliases")
            }
            if brackets > maximumBrackets {
                throw CampaignError(
                    file: file, line: line, problem: "more than \(maximumBrackets) opening brackets",
                    expected: "a campaign, which has one pair of them")
            }
        }
    }
}
