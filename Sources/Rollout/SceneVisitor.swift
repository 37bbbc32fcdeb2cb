import RolloutState
import Scenarios

/// Sees scenes as the kernels do, from the first step of settling in, and may script agents: for studies of
/// traffic, never in a campaign.
///
/// An agent (not the ego) whose `controllers` entry is not `worldModel` decides nothing: it executes what a
/// visitor wrote into `plannedAcceleration` and `plannedLateral` before the decision.
public protocol SceneVisitor: AnyObject {
    /// Everybody is about to decide; newcomers have entered.
    func willDecide(_ batch: RolloutBatch, scene: Int, scenario: Scenario)
    /// A step of 0.1 s is over: collisions are noted, those involved are off the road.
    func didStep(_ batch: RolloutBatch, scene: Int, scenario: Scenario)
}
