import Foundation
import Metrics

extension ReportText {
    /// As `number`, but a million and more in millions: 1.30 M. For columns that stand close together.
    static func short(_ value: Double) -> String {
        value < 999_999.5 || value >= 999.5e6 ? number(value) : String(format: "%.3g M", value / 1e6)
    }
}
