import Farm
import Foundation
import PolicyHost
import Scenarios
import WorldModel

/// The code and configuration of a policy under test that isn't one of Longhaul's own.
struct PolicyInput {
    /// With paths that are absolute, hashes and sizes.
    var policy: ExternalPolicy
    var code: [UInt8]?
    var config: [UInt8]?

    /// Reads the files that a campaign names, relative to `folder`.
    init(_ named: ExternalPolicy, folder: String) throws {
        policy = named
        code = try Self.read(&policy.code, folder: folder, what: "policy")
        config = try Self.read(&policy.config, folder: folder, what: "policy-config")
    }

    /// By SHA-256, as a coordinator serves them.
    var files: [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        if let code, let file = policy.code { files[file.hash] = code }
        if let config, let file = policy.config { files[file.hash] = config }
        return files
    }

    /// The policy, to be run from where its files lie.
    var program: PolicyProgram { PolicyProgram(policy: policy, code: policy.code?.path, config: config ?? []) }

    /// Puts copies of the files into a result folder, so that the folder alone can be replayed.
    func keep(in folder: String) throws {
        let cache = Self.copies(in: folder)
        try failing(.temporary) {
            if let code, let file = policy.code { try cache.store(code, as: file) }
            if let config, let file = policy.config { try cache.store(config, as: file) }
        }
    }

    /// The policy of a result folder's campaign: the copies that lie there instead of the originals.
    static func kept(_ named: ExternalPolicy, hashes: ExternalPolicy, in folder: String) throws -> PolicyInput {
        let cache = copies(in: folder)
        var policy = named
        func place(_ file: ExternalPolicy.File?) throws -> ExternalPolicy.File? {
            guard let file else { return nil }
            guard let path = cache.path(of: file), FileManager.default.fileExists(atPath: path) else {
                throw CommandFailure(.usage, "\(folder) has no copy of \(file.path), SHA-256 \(file.hash)")
            }
            return ExternalPolicy.File(path: path)
        }
        policy.code = try place(hashes.code)
        policy.config = try place(hashes.config)
        return try PolicyInput(policy, folder: folder)
    }

    private static func copies(in folder: String) -> PolicyCache {
        PolicyCache(folder: URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent("policy"))
    }

    private static func read(
        _ file: inout ExternalPolicy.File?, folder: String, what: String
    ) throws -> [UInt8]? {
        guard let named = file else { return nil }
        let base = URL(fileURLWithPath: folder, isDirectory: true)
        let path = URL(fileURLWithPath: named.path, relativeTo: base).standardizedFileURL.path
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: ExternalPolicy.maximumFileBytes + 1)
        else {
            throw CommandFailure(
                .usage, "cannot read \(path): \(String(cString: strerror(errno))); check the campaign's '\(what)'")
        }
        guard data.count <= ExternalPolicy.maximumFileBytes else {
            throw CommandFailure(.usage, "\(path) is larger than \(ExternalPolicy.maximumFileBytes >> 20) MB")
        }
        let bytes = [UInt8](data)
        var found = ExternalPolicy.File(path: path)
        found.hash = ContentHash.sha256(bytes)
        found.bytes = bytes.count
        file = found
        return bytes
    }

    /// Starts the policy once and ends it, so that one that can't be made is found before anything else begins.
    func check() throws {
        do { _ = try PolicyHost(program, capacity: 1) } catch { throw CommandFailure(.usage, "\(error)") }
    }
}
