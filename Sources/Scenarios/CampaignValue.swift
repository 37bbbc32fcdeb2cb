import Yams

/// One value of a campaign file, with all that an error about it must say.
struct CampaignValue {
    let key: String
    let node: Node
    let file: String
    let line: Int

    func refusal(_ problem: String, _ expected: String) -> CampaignError {
        CampaignError(file: file, line: line, problem: problem, expected: expected)
    }

    func whole(_ range: ClosedRange<UInt64>) throws(CampaignError) -> UInt64 {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = plainText, let number = UInt64(text), range.contains(number) else {
            throw unfit(expected)
        }
        return number
    }

    func number(_ range: ClosedRange<Double>) throws(CampaignError) -> Double {
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = plainText, let number = Double(text), range.contains(number) else {
            throw unfit(expected)
        }
        return number
    }

    /// Seconds: whole decisions of the world model, so a multiple of 0.5.
    func seconds(_ range: ClosedRange<Double>) throws(CampaignError) -> Double {
        let expected = "seconds from \(range.lowerBound) to \(range.upperBound), a multiple of 0.5"
        guard let text = plainText, let number = Double(text), range.contains(number),
            (number * 2).rounded() == number * 2
        else { throw unfit(expected) }
        return number
    }

    /// Numbers of scenarios, each once; in ascending order whatever their order in the file.
    func scenarioList() throws(CampaignError) -> [UInt64] {
        let limit = Campaign.maximumListedScenarios
        let expected = "1 to \(limit) whole numbers below 2^56, each once"
        guard let sequence = node.sequence, (1...limit).contains(sequence.count) else {
            throw refusal("`\(key)` lists \(node.sequence?.count ?? 0) scenarios", expected)
        }
        var numbers: Set<UInt64> = []
        for item in sequence {
            let text = item.scalar?.string ?? "no number"
            guard let number = UInt64(text), number < 1 << 56, numbers.insert(number).inserted else {
                throw CampaignError(
                    file: file, line: item.mark?.line ?? line, problem: "`\(key)` lists `\(text.shortened)`",
                    expected: expected)
            }
        }
        return numbers.sorted()
    }

    func name() throws(CampaignError) -> String {
        let expected = "1 to 64 letters, digits, spaces, `.`, `-` or `_`"
        guard let text = node.scalar?.string, (1...64).contains(text.count),
            text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || " .-_".contains($0)) })
        else { throw unfit(expected) }
        return text
    }

    func path() throws(CampaignError) -> String {
        let expected =
            key == "world-model"
            ? "`shipped` or the path of a weights file, at most 1024 bytes" : "a path of at most 1024 bytes"
        guard let text = node.scalar?.string, (1...1024).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
        else { throw unfit(expected) }
        return text
    }

    /// The name of a built-in policy, or what stands for an external one.
    func policy() throws(CampaignError) -> (PolicyUnderTest, ExternalPolicy?) {
        let builtIn = PolicyUnderTest.allCases.filter { $0 != .external }
        let text = node.scalar?.string ?? ""
        if let policy = builtIn.first(where: { $0.rawValue == text }) { return (policy, nil) }
        if let external = ExternalPolicy(text) { return (.external, external) }
        let words = builtIn.map(\.rawValue)
        throw unfit(
            "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
                + ", a library such as `./libplanner.so`, or a class such as `python:planner.py:Planner`",
            among: words)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        of type: Choice.Type
    ) throws(CampaignError) -> Choice where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        guard let text = node.scalar?.string, let choice = Choice(rawValue: text) else {
            throw unfit("one of " + words.map { "`\($0)`" }.joined(separator: ", "), among: words)
        }
        return choice
    }

    /// The text of a scalar that is not in quotes: in quotes, `"60"` is a word and no number.
    private var plainText: String? {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return nil }
        return scalar.string
    }

    private func unfit(_ expected: String, among words: [String] = []) -> CampaignError {
        guard let text = node.scalar?.string else {
            return refusal("`\(key)` is no single value", expected)
        }
        let hint = Spelling.nearest(to: text, among: words).map { "; did you mean `\($0)`?" } ?? ""
        return refusal("`\(key)` is `\(text.shortened)`\(hint)", expected)
    }
}
