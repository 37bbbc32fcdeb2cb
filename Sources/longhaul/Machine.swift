import CLZ4
import CNng
import Foundation
import GRDB
import Rollout

/// The machine that this process runs on, as `doctor` shows it.
struct Machine: Encodable {
    var processor: String
    var usableCores: Int
    /// The CPU's instruction-set extensions that matter to the kernels.
    var features: [String]
    var hasFusedMultiplyAdd: Bool
    var nng: String
    var lz4: String
    var sqlite: String

    init() {
        let fields = Self.processorFields()
        processor = fields["model name"] ?? fields["CPU part"].map { "arm64 part \($0)" } ?? "unknown"
        usableCores = Self.usableCores
        let flags = Set((fields["flags"] ?? fields["Features"] ?? "").split(separator: " ").map(String.init))
        features = ["avx", "avx2", "fma", "avx512f", "avx512dq", "avx512vl", "asimd"].filter(flags.contains)
        hasFusedMultiplyAdd = !KernelClass.isEmulated
        nng = String(cString: nng_version())
        lz4 = String(cString: LZ4_versionString())
        let version = try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
        sqlite = version.flatMap { $0 } ?? "not usable"
    }

    /// The cores that this process may run on (a container or Slurm may give fewer than there are).
    static var usableCores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// The first processor's fields in /proc/cpuinfo.
    private static func processorFields() -> [String: String] {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return [:] }
        var fields: [String: String] = [:]
        for line in text.prefix(100_000).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].trimmingCharacters(in: .whitespaces)
            if fields[name] == nil { fields[name] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return fields
    }
}
