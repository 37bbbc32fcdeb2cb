/// Why a campaign file was refused: what is wrong, where, and what was expected.
public struct CampaignError: Error, Equatable, CustomStringConvertible {
    public var file: String
    /// 1 for the first line; 0 where the file as a whole is meant.
    public var line: Int
    public var problem: String
    public var expected: String

    public init(file: String, line: Int, problem: String, expected: String) {
        self.file = file
        self.line = line
        self.problem = problem
        self.expected = expected
    }

    public var description: String {
        let place = line > 0 ? "\(file):\(line)" : file
        return "\(place): \(problem); expected \(expected)"
    }
}
