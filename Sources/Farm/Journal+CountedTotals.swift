import Metrics
import RecordStore
import Scenarios

extension Journal {
    /// How many shards, from the first on, the campaign's result counts.
    ///
    /// A campaign ends at the shortest prefix of shards for which its goal or one of its rules to stop holds;
    /// whatever workers finished beyond it is left out, so that the result doesn't depend on who was fast.
    /// Where none holds yet, or time on the wall has ended it, everything counts.
    public func countedPrefix(of campaign: Campaign) throws(JournalError) -> Int {
        var tally = StopTally(campaign: campaign)
        try forEachShardSums { shard, sums in
            tally.skip(to: shard)
            tally.add(sums)
        }
        return tally.isReached ? Int(clamping: tally.shards) : .max
    }

    /// The committed shards that the campaign's result counts, in order.
    public func countedShards(of campaign: Campaign) throws(JournalError) -> [CommittedShard] {
        let prefix = try countedPrefix(of: campaign)
        return try committedShards().filter { $0.shard < prefix }
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
