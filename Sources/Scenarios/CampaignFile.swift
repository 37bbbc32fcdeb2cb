import Metrics
import TextEscaping
import Yams

/// Campaign files: YAML in, YAML out.
///
/// ```yaml
/// name: default
/// seed: 1
/// scenarios: 10000          # or a list of them, or: ego-km: 50000
/// stop: {failures: 100}     # earlier than that, at whatever comes first; see `StopRule`
/// mix: {free-flow: 0.4, busy: 0.3, dense: 0.2, jam: 0.1}
/// horizon: 60               # seconds
/// burn-in: 4                # seconds
/// world-model: shipped      # or a path
/// policy: idm-mobil         # or world-model, constant-velocity, ./libplanner.so, python:planner.py:Planner
/// policy-config: tune.conf  # handed to a library or a Python class
/// policy-timeout: 10        # seconds that a library or a Python class may take for a step of all its egos
/// policy-parameters: {time-headway: 0.75}   # of idm-mobil; see `DriverParameter`
/// shard-size: 64
/// ```
public enum CampaignFile {
    /// No campaign needs more, bytes.
    public static let maximumBytes = 256 * 1024

    /// Every key, in the order in which `yaml(of:)` writes them.
    static let keys = [
        "name", "seed", "scenarios", "ego-km", "stop", "mix", "horizon", "burn-in", "world-model", "policy",
        "policy-config", "policy-timeout", "policy-parameters", "shard-size",
    ]

    /// Reads a campaign. Keys that are left out keep the values of `Campaign()`.
    ///
    /// - Parameter file: the name to use in errors.
    /// - Throws: `CampaignError` for anything that is not exactly a campaign.
    public static func parse(yaml: String, file: String) throws(CampaignError) -> Campaign {
        let root = try rootMapping(yaml: yaml, file: file)
        let entries = try CampaignEntries(root, allowed: keys, place: "campaign", file: file)
        var campaign = Campaign()
        if let name = entries["name"] { campaign.name = try name.name() }
        if let seed = entries["seed"] { campaign.seed = try seed.whole(0...UInt64.max) }
        if let stop = entries["stop"] { campaign.stop = try self.stop(stop, file: file) }
        if let list = entries["scenarios"], list.node.sequence != nil {
            campaign.scenarioList = try list.scenarioList()
        }
        campaign.goal = try goal(entries, listed: campaign.scenarioList.count, else: fallback(campaign))
        if let mix = entries["mix"] { campaign.mix = try self.mix(mix, file: file) }
        if let horizon = entries["horizon"] { campaign.horizonSeconds = try horizon.seconds(0.5...600) }
        if let burnIn = entries["burn-in"] { campaign.burnInSeconds = try burnIn.seconds(0...60) }
        if let model = entries["world-model"] { campaign.worldModel = try model.path() }
        (campaign.policy, campaign.externalPolicy) = try policy(entries, else: campaign.policy)
        if let parameters = entries["policy-parameters"] {
            campaign.policyParameters = try self.parameters(parameters, of: campaign.policy, file: file)
        }
        if let size = entries["shard-size"] { campaign.shardSize = Int(try size.whole(1...4096)) }
        return campaign
    }

    /// The campaign as a file that `parse` reads back to an equal value.
    public static func yaml(of campaign: Campaign) -> String {
        let list = campaign.scenarioList.map { "\($0)" }.joined(separator: ", ")
        let goal = switch campaign.goal {
        case .scenarios(let count): list.isEmpty ? "scenarios: \(count)" : "scenarios: [\(list)]"
        case .egoKilometers(let kilometers): "ego-km: \(kilometers)"
        }
        let shares = zip(TrafficFamily.allCases, campaign.mix).map { "\($0.name): \($1)" }
        let changed = campaign.policyParameters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let parameters =
            changed.isEmpty ? "" : "policy-parameters: {\(changed.joined(separator: ", "))}\n"
        return """
            name: \(quoted(campaign.name))
            seed: \(campaign.seed)
            \(goal)
            \(stop(of: campaign))mix: {\(shares.joined(separator: ", "))}
            horizon: \(campaign.horizonSeconds)
            burn-in: \(campaign.burnInSeconds)
            world-model: \(quoted(campaign.worldModel))
            \(policyLines(of: campaign))
            \(parameters)shard-size: \(campaign.shardSize)

            """
    }

    private static func rootMapping(yaml: String, file: String) throws(CampaignError) -> Node.Mapping {
        func refuse(_ line: Int, _ problem: String, _ expected: String) -> CampaignError {
            CampaignError(file: file, line: line, problem: problem, expected: expected)
        }
        guard yaml.utf8.count <= maximumBytes else {
            throw refuse(0, "the file has \(yaml.utf8.count) bytes", "at most \(maximumBytes)")
        }
        try YAMLBounds.check(yaml, file: file)
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw CampaignError(error, file: file)
        } catch {
            throw refuse(0, "the file can't be read as YAML (\(error))", "YAML")
        }
        guard let node, node.null == nil else {
            throw refuse(0, "the file is empty", "keys of a campaign, such as `seed: 1`")
        }
        guard let mapping = node.mapping else {
            throw refuse(node.mark?.line ?? 1, "this is no mapping", "lines of the form `key: value`")
        }
        return mapping
    }

    /// The built-in policy, or the external one with its configuration.
    private static func policy(
        _ entries: CampaignEntries, else fallback: PolicyUnderTest
    ) throws(CampaignError) -> (PolicyUnderTest, ExternalPolicy?) {
        let (policy, external) = try entries["policy"]?.policy() ?? (fallback, nil)
        guard var external else {
            for key in ["policy-config", "policy-timeout"] {
                guard let value = entries[key] else { continue }
                throw value.refusal(
                    "`\(key)` with the built-in policy `\(policy.rawValue)`",
                    "a `policy` that is a library or a Python class")
            }
            return (policy, nil)
        }
        if let config = entries["policy-config"] { external.config = .init(path: try config.path()) }
        if let timeout = entries["policy-timeout"] { external.timeoutSeconds = try timeout.number(0.01...3600) }
        return (policy, external)
    }

    private static func policyLines(of campaign: Campaign) -> String {
        guard let external = campaign.externalPolicy else { return "policy: \(campaign.policy.rawValue)" }
        let config = external.config.map { "policy-config: \(quoted($0.path))\n" } ?? ""
        return "policy: \(quoted(external.text))\n\(config)policy-timeout: \(external.timeoutSeconds)"
    }

    /// The goal of a file that names none: a campaign with a rule to stop is open-ended.
    private static func fallback(_ campaign: Campaign) -> Campaign.Goal {
        campaign.stop.isEmpty ? campaign.goal : .openEnded
    }

    private static func goal(
        _ entries: CampaignEntries, listed: Int, else fallback: Campaign.Goal
    ) throws(CampaignError) -> Campaign.Goal {
        let scenarios = entries["scenarios"]
        let kilometers = entries["ego-km"]
        if scenarios != nil, let kilometers {
            throw kilometers.refusal("both `scenarios` and `ego-km` are given", "only one of them")
        }
        if listed > 0 { return .scenarios(UInt64(listed)) }
        if let scenarios { return .scenarios(try scenarios.whole(1...(1 << 56))) }
        if let kilometers { return .egoKilometers(try kilometers.number(0.001...1e12)) }
        return fallback
    }

    private static func mix(_ value: CampaignValue, file: String) throws(CampaignError) -> [Double] {
        let families = TrafficFamily.allCases
        guard let mapping = value.node.mapping else {
            throw value.refusal(
                "`mix` is no mapping", "shares such as {free-flow: 0.4, busy: 0.3, dense: 0.2, jam: 0.1}")
        }
        let entries = try CampaignEntries(mapping, allowed: families.map(\.name), place: "mix", file: file)
        var shares = [Double](repeating: 0, count: families.count)
        for (index, family) in families.enumerated() {
            if let share = entries[family.name] { shares[index] = try share.number(0...1) }
        }
        let sum = shares.reduce(0, +)
        guard (sum - 1).magnitude <= 1e-6 else {
            throw value.refusal("the shares of `mix` sum to \(sum)", "shares that sum to 1")
        }
        return shares
    }

    private static func parameters(
        _ value: CampaignValue, of policy: PolicyUnderTest, file: String
    ) throws(CampaignError) -> [String: Double] {
        guard policy == .idmMobil else {
            throw value.refusal("`policy-parameters` with `policy: \(policy.rawValue)`", "`policy: idm-mobil`")
        }
        guard let mapping = value.node.mapping else {
            throw value.refusal(
                "`policy-parameters` is no mapping", "names and numbers such as {time-headway: 1.5}")
        }
        let known = DriverParameter.allCases
        let entries = try CampaignEntries(
            mapping, allowed: known.map(\.rawValue), place: "policy-parameters", file: file)
        var parameters: [String: Double] = [:]
        for parameter in known {
            if let number = entries[parameter.rawValue] {
                parameters[parameter.rawValue] = try number.number(parameter.range)
            }
        }
        return parameters
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.escaped(by: ["\\": "\\\\", "\"": "\\\""]) + "\""
    }
}
