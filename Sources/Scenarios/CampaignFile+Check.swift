extension CampaignFile {
    /// Checks a campaign that came by another way than a file, such as over the network, by the file reader's own
    /// rules: it has to be one that some file says.
    ///
    /// - Parameter source: the name to use in errors, whose lines are those of `yaml(of:)`.
    /// - Throws: `CampaignError`.
    public static func check(_ campaign: Campaign, source: String) throws(CampaignError) {
        var read = try parse(yaml: yaml(of: campaign), file: source)
        // What a file doesn't say: the content of the policy's files, and a goal before the last of listed scenarios.
        if let policy = read.externalPolicy {
            let given = campaign.externalPolicy
            read.externalPolicy?.code = try checked(given?.code, as: policy.code, source)
            read.externalPolicy?.config = try checked(given?.config, as: policy.config, source)
        }
        if case .scenarios(let goal) = campaign.goal, goal > 0, goal <= campaign.scenarioList.count {
            read.goal = campaign.goal
        }
        guard read == campaign else {
            throw CampaignError(
                file: source, line: 0, problem: "its values contradict each other or are none of a campaign",
                expected: "a campaign that a file can say")
        }
    }

    /// A file whose content is known, or not yet.
    private static func checked(
        _ file: ExternalPolicy.File?, as read: ExternalPolicy.File?, _ source: String
    ) throws(CampaignError) -> ExternalPolicy.File? {
        guard let file, file.path == read?.path else { return read }
        let isHash = file.hash.utf8.count == 64 && file.hash.allSatisfy { $0.isHexDigit && $0.isASCII }
        guard isHash, (0...ExternalPolicy.maximumFileBytes).contains(file.bytes) else {
            throw CampaignError(
                file: source, line: 0, problem: "the policy's file `\(file.path.shortened)` has \(file.bytes) bytes and"
                    + " the hash `\(file.hash.shortened)`",
                expected: "a SHA-256, and at most \(ExternalPolicy.maximumFileBytes) bytes")
        }
        return file
    }
}
