import Scenarios

/// How a coordinator runs its farm: what a `CoordinatorMachine` has to know.
package struct FarmSettings: Sendable {
    package var campaign: Campaign
    /// `Campaign` as canonical JSON, as workers get it.
    package var campaignJSON: [UInt8]
    package var identity: String
    /// The world model's file, handed to workers as it is, and its SHA-256.
    package var weights: [UInt8]
    package var weightsHash: String
    /// Code and configuration of the policy under test by SHA-256.
    package var policyFiles: [String: [UInt8]] = [:]
    /// Of the results, for errors.
    package var folder = ""
    package var leases = LeaseTable.Settings()
    package var heartbeatSeconds = 0.5
    package var heartbeatsPerSecond = 1_000.0
    package var lostAfterSeconds = 3.0
    /// The coordinator itself was away if it heard nothing for so long, not even its own clock.
    package var absenceSeconds = 1.0
    /// A worker that there is nothing for asks again after this time.
    package var idleSeconds = 0.2
    /// Share of shards that another worker rolls out again, 0...1.
    package var auditShare = 0.01
    /// Chooses them.
    package var auditSeed: UInt64 = 0
    /// Workers' numbers are drawn from it; for a real farm 32 random bytes.
    package var numberSecret: [UInt8] = []
    /// A worker that is alone confirms its own shards after this time.
    package var soloSeconds = 10.0
    /// Two workers disagree and nobody else is there: the shard is set aside after this time.
    package var disputeSeconds = 60.0
    /// The campaign is sick when more scenarios than this are in quarantine.
    package var maxFailures = 100
    /// What workers have to prove that they know.
    package var token: JoinToken?
    /// Workers of another build are refused; empty: none.
    package var build = ""
    /// Kernel classes that workers may have; empty: any.
    package var kernels: Set<String> = []

    package init(
        campaign: Campaign, campaignJSON: [UInt8], identity: String, weights: [UInt8], weightsHash: String
    ) {
        self.campaign = campaign
        self.campaignJSON = campaignJSON
        self.identity = identity
        self.weights = weights
        self.weightsHash = weightsHash
    }
}
