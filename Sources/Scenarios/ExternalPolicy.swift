import WorldModel

/// A policy under test that isn't part of Longhaul: a shared library behind the C ABI, or a Python class.
///
/// What it computes is named by its content: the hashes of its code and of its configuration, which are part of
/// the campaign's identity. Paths are not.
public struct ExternalPolicy: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// A shared library that exports what `longhaul_policy.h` declares.
        case library
        /// A class in a Python file. The file travels to the workers; what it imports does not.
        case pythonFile = "python-file"
        /// A class in a Python module that is installed on every worker. Only its name is known here.
        case pythonModule = "python-module"
    }

    /// Bytes of a code or configuration file, its content and its SHA-256.
    public struct File: Sendable, Equatable, Codable {
        /// Where it was read from.
        public var path: String
        /// 64 hexadecimal digits; empty until the file has been read.
        public var hash = ""
        public var bytes = 0

        public init(path: String) { self.path = path }
    }

    /// The largest code or configuration, bytes.
    public static let maximumFileBytes = 256 << 20

    public var kind: Kind
    /// The library, or the Python file; nil for a module.
    public var code: File?
    /// The Python module, dots between its parts; empty unless it is one.
    public var module = ""
    /// The Python class; empty for a library.
    public var className = ""
    public var config: File?
    /// The longest that one step of all egos may take, seconds.
    public var timeoutSeconds: Double = 10

    /// - Parameter text: `PATH.so`, `python:FILE.py:CLASS` or `python:MODULE:CLASS`.
    /// - Returns: nil for anything else.
    public init?(_ text: String) {
        guard (1...1024).contains(text.utf8.count), text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
        else { return nil }
        if text.hasPrefix("python:") {
            let rest = text.dropFirst("python:".count)
            guard let colon = rest.lastIndex(of: ":") else { return nil }
            let place = String(rest[..<colon])
            className = String(rest[rest.index(after: colon)...])
            guard Self.isName(className), !place.isEmpty else { return nil }
            if place.hasSuffix(".py") {
                kind = .pythonFile
                code = File(path: place)
            } else {
                guard place.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isName)
                else { return nil }
                kind = .pythonModule
                module = place
            }
        } else {
            guard text.contains("/") || text.hasSuffix(".so") else { return nil }
            kind = .library
            code = File(path: text)
        }
    }

    /// The text that `init` reads back.
    public var text: String {
        switch kind {
        case .library:
            // A slash tells a library from the name of a built-in policy.
            let path = code?.path ?? ""
            return path.contains("/") || path.hasSuffix(".so") ? path : "./" + path
        case .pythonFile: return "python:\(code?.path ?? ""):\(className)"
        case .pythonModule: return "python:\(module):\(className)"
        }
    }

    /// What people read: the file's name without its folders, the class, and the beginning of the hash.
    public var name: String {
        let file = code?.path.split(separator: "/").last.map(String.init) ?? module
        let subject = className.isEmpty ? file : "\(file):\(className)"
        guard let hash = code?.hash, !hash.isEmpty else { return subject }
        return "\(subject) (\(hash.prefix(8)))"
    }

    /// Names the code that it runs, for those who have to allow it: the SHA-256 of the file, or, of a module that
    /// is installed, of its name and class.
    public var codeHash: String { code?.hash ?? ContentHash.sha256(Array("\(module):\(className)".utf8)) }

    /// What decides its actions, and when an answer comes too late.
    var identity: String {
        let subject = code?.hash ?? module
        return "\(kind.rawValue):\(subject):\(className):\(config?.hash ?? ""):\(timeoutSeconds)"
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.first, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
