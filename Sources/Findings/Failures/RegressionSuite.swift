import Scenarios

/// Failures as a campaign that runs just their scenarios again, under the seed that made them.
public struct RegressionSuite: Sendable {
    public var campaign: Campaign
    /// Of the file: where it is from.
    private var source: String

    /// Why failures make no campaign.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case nothing
        case tooMany(UInt64)

        public var description: String {
            switch self {
            case .nothing: "there is no such failure, so there is nothing to export"
            case .tooMany(let count):
                "\(count) failures are more than the \(Campaign.maximumListedScenarios) that a campaign may"
                    + " list; narrow them down with --kind, --family or --min-severity, or take the worst with"
                    + " --limit"
            }
        }
    }

    /// - Parameters:
    ///   - worldModel: what the new campaign's `world-model` says.
    ///   - numbers: of the seed, in any order.
    public init(
        of folder: ResultFolder, worldModel: String, numbers: [UInt64]
    ) throws(Failure) {
        if numbers.isEmpty { throw .nothing }
        guard numbers.count <= Campaign.maximumListedScenarios else { throw .tooMany(UInt64(numbers.count)) }
        var campaign = folder.campaign
        campaign.name = "\(folder.campaign.name.prefix(50)) failures"
        campaign.scenarioList = numbers.sorted()
        campaign.goal = .scenarios(UInt64(numbers.count))
        campaign.stop = StopRule()
        campaign.worldModel = worldModel
        // So that a few scenarios keep several workers busy.
        campaign.shardSize = min(campaign.shardSize, max(1, (numbers.count + 15) / 16))
        self.campaign = campaign
        source = "\(numbers.count) failures of campaign \(folder.journal.campaign.identity.prefix(16))"
    }

    /// The campaign file.
    public var yaml: String {
        "# \(source). Run it with another policy, or after a change.\n" + CampaignFile.yaml(of: campaign)
    }
}
