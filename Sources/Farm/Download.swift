/// A file that a worker fetches from its coordinator before it can begin.
package struct Download: Sendable, Equatable {
    package enum Kind: Sendable, Equatable { case weights, policy }

    package let kind: Kind
    /// SHA-256, 64 hexadecimal digits.
    package let hash: String
    package let bytes: Int

    package init(_ kind: Kind, hash: String, bytes: Int) {
        self.kind = kind
        self.hash = hash
        self.bytes = bytes
    }

    func request(from offset: Int) -> FarmRequest.Body {
        switch kind {
        case .weights: .fetchWeights(offset: UInt64(offset))
        case .policy: .fetchPolicy(hash: hash, offset: UInt64(offset))
        }
    }

    func mismatch(found: String) -> WorkerError {
        switch kind {
        case .weights: .badWeights(expected: hash, found: found)
        case .policy: .badPolicy(expected: hash, found: found)
        }
    }
}
