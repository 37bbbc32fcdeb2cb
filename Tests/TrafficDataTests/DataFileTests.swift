import Foundation
import Testing
import TrafficData

@Suite struct DataFileTests {
    private let text = Data((0..<5000).map { "line \($0)\n" }.joined().utf8)

    @Test func plainDataPassesThrough() throws {
        #expect(try DataFile.inflated(text, file: "f") == text)
    }

    @Test func gzipIsInflatedWithAllItsMembers() throws {
        #expect(try DataFile.inflated(gzipped(text), file: "f") == text)
        #expect(try DataFile.inflated(gzipped(text) + gzipped(text), file: "f") == text + text)
    }

    @Test func aBombIsRefusedAtTheLimit() {
        let bomb = gzipped(Data(count: 64 << 20), level: 1)
        #expect(bomb.count < 1 << 20)
        #expect(throws: TrafficDataError.tooLarge(file: "bomb.gz", limitBytes: 1 << 20)) {
            try DataFile.inflated(bomb, limit: 1 << 20, file: "bomb.gz")
        }
    }

    @Test func aTruncatedStreamIsRefusedWhereverItEnds() {
        let data = gzipped(text)
        for count in stride(from: 2, to: data.count, by: 101) {
            #expect(throws: TrafficDataError.damagedGzip(file: "f")) {
                try DataFile.inflated(data.prefix(count), file: "f")
            }
        }
    }

    @Test func flippedBitsAreRefused() {
        let data = gzipped(text)
        for position in stride(from: 12, to: data.count, by: 211) {
            var damaged = data
            damaged[position] ^= 0x10
            #expect(throws: TrafficDataError.damagedGzip(file: "f")) {
                try DataFile.inflated(damaged, file: "f")
            }
        }
    }

    @Test func aFileOverTheLimitIsRefusedUnread() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "longhaul-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try text.write(to: url)
        #expect(throws: TrafficDataError.tooLarge(file: url.lastPathComponent, limitBytes: 1000)) {
            try DataFile.read(url, limit: 1000)
        }
    }
}
