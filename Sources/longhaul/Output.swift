import Foundation
import TextEscaping

/// Prints a value as one JSON object on one or more lines, keys sorted.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A word as a shell takes it: quoted where it needs to be.
func shellQuoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./:=,+@%".contains($0)) }
    return plain && !word.isEmpty ? word : "'" + word.escaped(by: ["'": "'\\''"]) + "'"
}

/// `path` as seen from the working directory, where it lies below it.
func relativePath(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
}

/// This program as a shell in the working directory finds it: a name on the `PATH`, or a path.
var invocation: String {
    let program = CommandLine.arguments.first ?? "longhaul"
    guard program.contains("/") else { return program }
    return shellQuoted(relativePath(URL(fileURLWithPath: program).standardized.path))
}
