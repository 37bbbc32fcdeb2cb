import Metrics
import RecordStore
import Scenarios

extension Journal {
    /// The committed shards that the campaign's result counts, in order.
    ///
    /// A goal in kilometres is reached by the shortest prefix that holds them; whatever workers finished
    /// beyond it is left out, so that the result doesn't depend on who was fast. Any other goal counts all.
    public func countedShards(of campaign: Campaign) throws(JournalError) -> [CommittedShard] {
        let shards = try committedShards()
        guard case .egoKilometers(let kilometers) = campaign.goal else { return shards }
        var millimeters: UInt64 = 0
        for (index, shard) in shards.enumerated() {
            millimeters += shard.egoMillimeters
            if Double(millimeters) / 1e6 >= kilometers { return Array(shards[...index]) }
        }
        return shards
    }

    /// Sums over the shards that count.
    public func countedTotals(of campaign: Campaign) throws(JournalError) -> CampaignTotals {
        let counted = try countedShards(of: campaign).count
        let beyond = try committedShards().dropFirst(counted)
        if beyond.isEmpty { return try totals() }
        var extra = CampaignTotals()
        for shard in beyond {
            for record in try records(shard: shard.shard) { extra.add(record) }
        }
        return try totals().subtracting(extra)
    }
}

extension CampaignTotals {
    /// Takes away what was counted before.
    func subtracting(_ other: CampaignTotals) -> CampaignTotals {
        var rest = CampaignTotals()
        for family in TrafficFamily.allCases {
            var sums = self[family]
            for (_, path) in Sums.fields {
                sums[keyPath: path] -= min(sums[keyPath: path], other[family][keyPath: path])
            }
            rest.add(sums, to: family)
        }
        return rest
    }
}
