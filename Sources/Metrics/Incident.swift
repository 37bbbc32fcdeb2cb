extension RolloutRecord {
    /// The ego came close to the vehicle ahead without touching it.
    public var isNearMiss: Bool {
        outcome != .collision && !outcome.isPolicyFault && minimumTimeToCollision < CampaignTotals.nearMissSeconds
    }

    /// How bad the rollout was for the policy under test: higher is worse, 0 is nothing to look at.
    ///
    /// 500 to 530: the policy failed as a program (crashed, hung, asked for the impossible, is not
    /// deterministic). 400 and above: the ego ran into somebody; 300: a sideswipe, or a collision of no known kind; 200:
    /// off the road; 100: somebody ran into the ego; within these, plus the speed of the collision in m/s,
    /// at most 99. 1 to 10: a near miss, by its time to collision.
    public var severity: Double {
        let speed = Double(max(0, min(collisionSpeed, 99)))
        switch outcome {
        case .collision:
            switch collisionKind {
            case .egoRanIntoOther: return 400 + speed
            case .sideswipe, .none: return 300 + speed
            case .otherRanIntoEgo: return 100 + speed
            }
        case .offRoad: return 200
        case .policyCrashed: return 530
        case .policyHung: return 520
        case .policyBadAction: return 510
        case .policyNotDeterministic: return 500
        case .completed:
            guard isNearMiss else { return 0 }
            let closeness = 1 - Double(max(0, minimumTimeToCollision) / CampaignTotals.nearMissSeconds)
            return 1 + 9 * closeness
        }
    }
}

/// A rollout worth looking at: what the report and the journal keep of it.
public struct Incident: Sendable, Equatable, Codable {
    public var scenario: UInt64
    public var shard: Int
    public var family: TrafficFamily
    public var outcome: RolloutOutcome
    public var collisionKind: CollisionKind
    public var collisionPartner: AgentKind
    /// Speed difference at the collision, m/s.
    public var collisionSpeed: Float
    /// Seconds.
    public var minimumTimeToCollision: Float
    /// Seconds into the rollout at which it ended.
    public var simulatedSeconds: Float
    /// See `RolloutRecord.severity`.
    public var severity: Double
    public var digest: UInt64

    public init(_ record: RolloutRecord, shard: Int) {
        scenario = record.scenario
        self.shard = shard
        family = record.family
        outcome = record.outcome
        collisionKind = record.collisionKind
        collisionPartner = record.collisionPartner
        collisionSpeed = record.collisionSpeed
        minimumTimeToCollision = record.minimumTimeToCollision
        simulatedSeconds = record.simulatedSeconds
        severity = record.severity
        digest = record.digest
    }
}
