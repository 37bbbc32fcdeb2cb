import Foundation
import Testing

extension EndToEnd {
    @Suite struct Replay {
        /// A finished campaign of three shards, with a policy that does collide.
        static let finished = Result { () throws -> TemporaryFolder in
            let folder = try TemporaryFolder()
            let yaml = """
                name: replay
                seed: 9
                scenarios: 44
                horizon: 20
                policy: constant-velocity
                shard-size: 16

                """
            _ = try folder.write(yaml, to: "c.yaml")
            let run = try LonghaulBinary.run(["run", folder.file("c.yaml"), "--output", folder.file("out")])
            guard run.status == 0 else { throw TestFailure(run.errors) }
            return folder
        }

        @Test(arguments: 0..<3) func everyShardOfARunIsBitIdentical(shard: Int) throws {
            let folder = try Self.finished.get()
            let replay = try LonghaulBinary.run(["replay", folder.file("out"), "--shard", "\(shard)"])
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
            #expect(replay.output.contains("bit-identical"))
        }

        @Test func aCampaignFileAndAShardNumberGiveTheDigestsOfTheRun() throws {
            let folder = try Self.finished.get()
            let replay = try LonghaulBinary.run(
                ["replay", folder.file("c.yaml"), "--shard", "2", "--json"])
            #expect(replay.status == 0, "\(replay.errors)")
            let rollouts = try object(replay.output)["scenarios"] as? [[String: Any]] ?? []
            let recorded = try TestCampaign.digests(in: folder.file("out"))
            #expect(rollouts.count == 12)
            for rollout in rollouts {
                let scenario = UInt64(rollout["scenario"] as? Int ?? -1)
                let digest = UInt64(rollout["digest"] as? String ?? "", radix: 16)
                #expect(digest == recorded[scenario])
            }
        }

        @Test func oneScenarioCanBeWrittenOutStateByState() throws {
            let folder = try Self.finished.get()
            let csv = folder.file("states.csv")
            let replay = try LonghaulBinary.run(
                ["replay", folder.file("out"), "--shard", "1", "--scenario", "20", "--csv", csv])
            #expect(replay.status == 0, "\(replay.errors)")
            #expect(replay.output.contains("bit-identical"))
            let lines = try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n")
            #expect(lines.first?.hasPrefix("scenario,step,time_s,agent") == true)
            #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("20,") })
            #expect(lines.count > 100)
        }

        @Test func anAlteredStepDigestIsNamedWithCode1() throws {
            let folder = try Self.finished.get()
            let copy = try alteredCopy(of: folder, script: """
                row = db.execute("SELECT step_digests FROM shard WHERE shard = 1").fetchone()
                digests = bytearray(row[0])
                digests[4 * 149] ^= 1
                db.execute("UPDATE shard SET step_digests = ? WHERE shard = 1", (bytes(digests),))
                """)
            let replay = try LonghaulBinary.run(["replay", copy.file("out"), "--shard", "1"])
            #expect(replay.status == 1, "\(replay.output)\(replay.errors)")
            #expect(replay.output.contains("step 150"))
            let sound = try LonghaulBinary.run(["replay", copy.file("out"), "--shard", "0"])
            #expect(sound.status == 0)
        }

        @Test func anAlteredBlockIsNamedWithCode1() throws {
            let folder = try Self.finished.get()
            let copy = try alteredCopy(of: folder, script: """
                block = bytearray(db.execute("SELECT bytes FROM block WHERE shard = 2").fetchone()[0])
                block[len(block) // 2] ^= 16
                db.execute("UPDATE block SET bytes = ? WHERE shard = 2", (bytes(block),))
                """)
            let replay = try LonghaulBinary.run(["replay", copy.file("out"), "--shard", "2"])
            #expect(replay.status == 1, "\(replay.output)\(replay.errors)")
            #expect(replay.errors.contains("shard 2"))
        }

        @Test func theReportsReplayCommandsWorkAsTheyStand() throws {
            let folder = try Self.finished.get()
            let report = try LonghaulBinary.run(["report", folder.file("out"), "--json"])
            let worst = try object(report.output)["worst"] as? [[String: Any]] ?? []
            try #require(!worst.isEmpty, "a campaign without any incident tests nothing")
            for rollout in worst.prefix(3) {
                let command = try #require(rollout["replayCommand"] as? String)
                let replay = try RunningProcess(["sh", "-c", command]).result()
                #expect(replay.status == 0, "\(command): \(replay.errors)")
                #expect(replay.output.contains("bit-identical"))
            }
        }
    }
}

/// A copy of a result folder whose journal a Python script has altered through `db`.
private func alteredCopy(of folder: TemporaryFolder, script: String) throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    let copied = try RunningProcess(["cp", "-r", folder.file("out"), copy.file("out")]).result()
    let program = """
        import sqlite3
        db = sqlite3.connect("\(copy.file("out"))/journal.sqlite")
        \(script)
        db.commit()
        db.close()
        """
    let altered = try RunningProcess(["python3", "-c", program]).result()
    guard copied.status == 0, altered.status == 0 else { throw TestFailure(copied.errors + altered.errors) }
    return copy
}
