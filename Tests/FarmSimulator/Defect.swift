/// Deliberate mistakes around the machines, to show that the simulation finds them.
public enum Defect: String, CaseIterable, Sendable {
    /// Results are acknowledged before they are on the disk.
    case acknowledgedBeforeStored
    /// The disk forgets what it said it had.
    case writesAreLost
    /// A transaction is half there after a crash.
    case transactionsTear
    /// A restarted coordinator gives out the same generations again.
    case generationsStartAgain
    /// Whoever asks for it renews a lease, under whatever generation.
    case staleRenewal
    /// A result that comes twice counts twice.
    case duplicatesCount
    /// Results are not rolled out again by others.
    case auditsAreLeftOut
    /// Results that differ are taken for the same.
    case mismatchesPass
}
