import Yams

extension CampaignError {
    /// What the YAML parser found wrong, in this domain's words.
    init(_ error: YamlError, file: String) {
        switch error {
        case .scanner(_, let problem, let mark, let yaml), .parser(_, let problem, let mark, let yaml),
            .composer(_, let problem, let mark, let yaml):
            // What is missing at the end of the file is missing in its last line.
            let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).count
            self.init(
                file: file, line: min(mark.line, lines), problem: "this is no YAML: \(problem)",
                expected: "valid YAML")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "`\($0.shortened)`" }.joined(separator: ", ")
            self.init(
                file: file, line: context.mark.line, problem: "\(names) is given twice",
                expected: "each key once")
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { 1 + yaml.prefix($0).utf8.count { $0 == UInt8(ascii: "\n") } } ?? 0
            self.init(file: file, line: line, problem: "this is no text: \(problem)", expected: "UTF-8 text")
        default:
            self.init(
                file: file, line: 0, problem: "the YAML parser failed (\(error))", expected: "valid YAML")
        }
    }
}
