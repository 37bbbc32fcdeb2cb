/// Numbers as people read them. Every function takes any value, NaN and infinities included.
public enum Quantity {
    /// Three significant digits and a decimal prefix: `31.4 M`, `940 k`, `7.25`.
    public static func compact(_ value: Double) -> String {
        guard !value.isNaN else { return "–" }
        guard value >= 0 else { return "-" + compact(-value) }
        guard value > 0 else { return "0" }
        guard value >= 0.0005 else { return "<0.001" }
        guard value >= 0.995 else { return fixed(value, decimals: value < 0.1 ? 3 : 2) }
        var scaled = value
        for prefix in ["", " k", " M", " G", " T", " P", " E"] {
            if scaled < 999.5 {
                let decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0
                return fixed(scaled, decimals: decimals) + prefix
            }
            scaled /= 1000
        }
        return value.isFinite ? ">999 E" : "∞"
    }

    /// Splits `compact` into its digits and what follows: `("31.4", "M")`.
    public static func compactParts(_ value: Double) -> (digits: String, prefix: String) {
        let parts = compact(value).split(separator: " ", maxSplits: 1)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }

    /// A fixed number of decimals, rounded half away from zero. For values below 1e9.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return compact(value) }
        let scale = [1, 10, 100, 1000][min(max(decimals, 0), 3)]
        let units = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && units > 0 ? "-" : ""
        guard scale > 1 else { return "\(sign)\(units)" }
        let fraction = String(units % scale)
        let zeros = String(repeating: "0", count: min(max(decimals, 0), 3) - fraction.count)
        return "\(sign)\(units / scale).\(zeros)\(fraction)"
    }

    /// All digits in groups of three: `159,744`.
    public static func grouped(_ value: some BinaryInteger) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A count with all its digits if they fit into `width` columns, else `compact`.
    public static func count(_ value: some BinaryInteger, width: Int) -> String {
        let all = grouped(value)
        return all.count <= width ? all : compact(Double(value))
    }

    /// Two units: `1 h 12 min`, `4 min 05 s`, `42 s`.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        guard seconds < 100 * 86400 else { return ">99 d" }
        guard seconds >= 59.5 else { return "\(Int(seconds.rounded())) s" }
        let whole = Int(seconds.rounded())
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
        if whole < 86400 { return "\(whole / 3600) h \(padded(whole / 60 % 60)) min" }
        return "\(whole / 86400) d \(padded(whole / 3600 % 24)) h"
    }

    /// One unit, for narrow columns: `0.3 s`, `42 s`, `7 min`, `3 h`, `12 d`.
    public static func age(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        switch seconds {
        case ..<9.95: return fixed(seconds, decimals: 1) + " s"
        case ..<99.5: return fixed(seconds, decimals: 0) + " s"
        case ..<5970: return "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: return "\(Int((seconds / 3600).rounded())) h"
        case ..<86_400_000: return "\(Int((seconds / 86400).rounded())) d"
        default: return ">999 d"
        }
    }

    /// A share as per cent, rounded down, so that 100 % means all of it.
    public static func percent(_ share: Double, decimals: Int = 1) -> String {
        guard share.isFinite else { return "– %" }
        guard share < 1000 else { return ">99999 %" }
        let scale = decimals > 0 ? 10.0 : 1.0
        let floored = (max(share, 0) * 100 * scale + 1e-9).rounded(.down) / scale
        return fixed(floored, decimals: decimals) + " %"
    }
}
