import Foundation
import RecordStore
import Testing

extension EndToEnd {
    @Suite(.enabled(if: LonghaulBinary.hasCommand("cc"), "needs a C compiler")) struct Policies {
        private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        /// Builds a library in a test's folder.
        private func library(_ source: String, in folder: TemporaryFolder, as name: String) throws -> String {
            let output = folder.file(name)
            let compiler = try RunningProcess([
                "cc", "-O2", "-ffp-contract=off", "-shared", "-fPIC", "-I",
                Self.root.appending(path: "Sources/CLonghaulPolicy/include").path,
                Self.root.appending(path: source).path, "-o", output, "-lm",
            ])
            let result = try compiler.result()
            guard result.status == 0 else { throw TestFailure(result.errors) }
            return output
        }

        private func yaml(scenarios: Int, policy: String) -> String {
            "seed: 5\nscenarios: \(scenarios)\nhorizon: 20\nburn-in: 2\nshard-size: 32\npolicy: \(policy)\n"
        }

        private func fingerprints(in folder: String) throws -> [ShardFingerprint?] {
            let journal = try Journal.read(folder: URL(fileURLWithPath: folder))
            return try journal.committedShards().map { try journal.fingerprint(shard: $0.shard) }
        }

        @Test func aLibraryIsRunAndReplayedFromTheResultFolderAlone() throws {
            let folder = try TemporaryFolder()
            let planner = try library("Ops/policies/idm.c", in: folder, as: "libidm.so")
            let config = try folder.write("headway 1.2\n", to: "idm.conf")
            let out = folder.file("out")
            let options = ["--scenarios", "128", "--output", out, "--policy-config", config]
            let run = try LonghaulBinary.run(["run", "--policy", planner] + options, within: 120)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("libidm.so"))
            // The original changes; what the campaign ran is kept.
            try FileManager.default.removeItem(atPath: planner)
            let other = try library("Ops/policies/constant_velocity.c", in: folder, as: "libidm.so")
            let replay = try LonghaulBinary.run(["replay", out, "--shard", "1"])
            #expect(replay.status == 0 && replay.output.contains("bit-identical"), "\(replay.errors)")
            let changed = try LonghaulBinary.run(["run", "--policy", other] + options)
            #expect(changed.status == 64 && changed.errors.contains("another output folder"), "\(changed.errors)")
        }

        @Test func aPolicyThatCrashesCostsItsOwnRolloutsAndSaysWhy() throws {
            let folder = try TemporaryFolder()
            let planner = try library("Tests/RolloutTests/Policies/misbehaving.c", in: folder, as: "libbad.so")
            let config = try folder.write("exit", to: "bad.conf")
            let out = folder.file("out")
            let run = try LonghaulBinary.run(
                ["run", "--scenarios", "64", "--policy", planner, "--policy-config", config, "--output", out],
                within: 120)
            #expect(run.status == 0, "\(run.errors)")
            let journal = try Journal.read(folder: URL(fileURLWithPath: out))
            #expect(try (2..<20).contains(journal.totals().all.policyFaults))
            let worst = try #require(try journal.worst(1).first)
            #expect(worst.outcome == .policyCrashed)
            let replay = try LonghaulBinary.run(
                ["replay", out, "--shard", "\(worst.shard)", "--scenario", "\(worst.scenario)"])
            #expect(replay.status == 0 && replay.output.contains("bit-identical"))
            #expect(replay.errors.contains("exit status 3"), "\(replay.errors)")
        }

        @Test func killingThePolicysProcessesChangesNoBit() throws {
            let folder = try TemporaryFolder()
            let planner = try library("Ops/policies/idm.c", in: folder, as: "libidm.so")
            let campaign = try folder.write(yaml(scenarios: 2_048, policy: planner), to: "campaign.yaml")
            let quiet = try LonghaulBinary.run(["run", campaign, "--output", folder.file("quiet")], within: 120)
            #expect(quiet.status == 0, "\(quiet.errors)")
            let run = try LonghaulBinary.start(["run", campaign, "--output", folder.file("out")])
            // Each worker's once, in the middle of its work.
            var struck: Set<pid_t> = []
            try wait(atMost: 60, for: "two workers at work") {
                for worker in children(of: run.pid) where !struck.contains(worker) {
                    for thread in threads(of: worker) {
                        for host in processes(startedBy: worker, thread: thread) where isHost(host) {
                            usleep(200_000)
                            if kill(host, SIGKILL) == 0 { struck.insert(worker) }
                        }
                    }
                }
                return struck.count == 2 || !run.isRunning
            }
            #expect(try run.result(within: 120).status == 0)
            #expect(!struck.isEmpty)
            #expect(try fingerprints(in: folder.file("out")) == fingerprints(in: folder.file("quiet")))
        }

        @Test func aPolicyThatCannotBeMadeEndsTheCommandWithCode64() throws {
            let folder = try TemporaryFolder()
            let planner = try library("Ops/policies/idm.c", in: folder, as: "libidm.so")
            let config = try folder.write("headway none\n", to: "idm.conf")
            let out = ["--output", folder.file("out")]
            for (arguments, words) in [
                (["--policy", planner, "--policy-config", config], "no number of seconds above 0.1"),
                (["--policy", folder.file("missing.so")], "cannot read"),
                (["--policy", "idm-mobile"], "--policy takes the name of a built-in policy"),
                (["--policy-config", config], "--policy-config"),
            ] {
                let run = try LonghaulBinary.run(["run"] + arguments + out)
                #expect(run.status == 64, "\(arguments): \(run.errors)")
                #expect(run.errors.contains(words), "\(run.errors)")
            }
        }

        @Test func codeFromTheNetworkRunsOnlyWhereItWasAllowed() throws {
            let folder = try TemporaryFolder()
            let planner = try library("Ops/policies/idm.c", in: folder, as: "libidm.so")
            let farm = try TestFarm(campaign: yaml(scenarios: 64, policy: planner))
            let open = try farm.startCoordinator(host: "0.0.0.0").result()
            #expect(open.status == 64 && open.errors.contains("--allow-policy-code"), "\(open.errors)")

            let coordinator = try farm.startCoordinator()
            let said = "join with --allow-policy-code "
            try wait(atMost: 30, for: "the hash") { coordinator.errorsSoFar.contains(said) }
            let refused = try farm.startWorker("careful").result()
            #expect(refused.status == 64 && refused.errors.contains("was not told to run any"), "\(refused.errors)")
            let hash = try #require(coordinator.errorsSoFar.components(separatedBy: said).last?.prefix(64))
            let wrong = try farm.startWorker(
                "wrong", options: ["--allow-policy-code", String(hash.reversed())]).result()
            #expect(wrong.status == 64 && wrong.errors.contains(String(hash)))
            let worker = try farm.startWorker("allowed", options: ["--allow-policy-code", String(hash)])
            #expect(try worker.result().status == 0)
            #expect(try coordinator.result().status == 0)
        }

        @Test func aLibraryIsComparedWithAnEarlierRunOfAnotherConfiguration() throws {
            let folder = try TemporaryFolder()
            let planner = try library("Ops/policies/idm.c", in: folder, as: "libidm.so")
            let (far, near) = (try folder.write("headway 2.0\n", to: "far"), try folder.write("headway 0.5\n", to: "near"))
            let first = try LonghaulBinary.run(
                ["run", "--policy", planner, "--policy-config", far, "--scenarios", "256", "--output", folder.file("a")],
                within: 120)
            #expect(first.status == 0, "\(first.errors)")
            let second = try LonghaulBinary.run(
                ["run", "--policy", planner, "--policy-config", near, "--against", folder.file("a"), "--output",
                    folder.file("b"), "--json"], within: 120)
            #expect(second.status == 0, "\(second.errors)")
            let comparison = try #require(
                JSONSerialization.jsonObject(with: Data(second.output.utf8)) as? [String: Any])
            #expect(comparison["pairs"] as? Int == 256, "\(comparison.keys)")
            let same = try LonghaulBinary.run(
                ["run", "--policy", planner, "--policy-config", far, "--against", folder.file("a"), "--output",
                    folder.file("same")])
            #expect(same.status == 64, "the same policy: \(same.errors)")
        }

        @Test func aModuleThatIsNotThereIsNamedInOneLine() throws {
            let folder = try TemporaryFolder()
            let run = try LonghaulBinary.run(
                ["run", "--policy", "python:no.such.module:Planner", "--output", folder.file("out")])
            #expect(run.status == 64 && run.errors.contains("no module no.such.module here: PYTHONPATH"), "\(run.errors)")
        }

        @Test func aPolicyThatActsDifferentlyElsewhereIsFoundAndNoWorkerIsBlamed() throws {
            let (journal, farm) = try audited("own-mind", workers: ["a": [:], "b": [:]])
            #expect(try journal.quarantinedWorkers().isEmpty)
            let shards = try journal.committedShards()
            #expect(shards.count == 8)
            for shard in shards {
                let outcomes = try journal.records(shard: shard.shard).map(\.outcome)
                let isParted = outcomes.contains(.policyNotDeterministic)
                #expect(shard.audit == (isParted ? .partedByPolicy : .agreed), "shard \(shard.shard)")
            }
            let parted = try journal.totals().all.policyFaults
            #expect(parted > 4 && parted < 64, "one ego in eight has its own mind; found \(parted)")
            let report = try LonghaulBinary.run(["failures", farm.output])
            #expect(report.output.contains("the policy is not deterministic"), "\(report.output)")
        }

        @Test func aWorkerWithAWrongBitCantHideBehindThePolicy() throws {
            let flip = ["LONGHAUL_TEST_FAULT": "flip"]
            let (journal, _) = try audited("none", first: ("liar", flip), workers: ["a": [:], "b": [:]])
            #expect(try journal.quarantinedWorkers().map(\.name) == ["liar"])
            #expect(try journal.committedShards().allSatisfy { $0.worker != "liar" && $0.audit == .agreed })
            #expect(try journal.totals().all.policyFaults == 0)
        }

        /// A campaign whose every shard is rolled out twice, with the policy that misbehaves in one way.
        ///
        /// - Parameter first: a worker that has delivered a shard before the others join.
        private func audited(
            _ fault: String, first: (name: String, environment: [String: String])? = nil,
            workers: [String: [String: String]]
        ) throws -> (journal: Journal, farm: TestFarm) {
            let folder = try TemporaryFolder()
            let planner = try library("Tests/RolloutTests/Policies/misbehaving.c", in: folder, as: "libbad.so")
            let config = try folder.write(fault, to: "bad.conf")
            let farm = try TestFarm(
                campaign: "seed: 6\nscenarios: 128\nhorizon: 20\nburn-in: 2\nshard-size: 16\n"
                    + "policy: \(planner)\npolicy-config: \(config)\n")
            let coordinator = try farm.startCoordinator(options: ["--audit", "1"])
            func start(_ name: String, _ environment: [String: String]) throws -> RunningProcess {
                try farm.startWorker(name, options: ["--allow-policy-code", "any", "--give-up-after", "10"],
                    environment: environment)
            }
            var started: [RunningProcess] = []
            if let first {
                started.append(try start(first.name, first.environment))
                try farm.waitForShards(1)
            }
            for (name, environment) in workers.sorted(by: { $0.key < $1.key }) {
                started.append(try start(name, environment))
            }
            let result = try coordinator.result(within: 240)
            #expect(result.status == 0, "\(result.errors.suffix(3000))")
            for worker in started { _ = try worker.result(within: 30) }
            return (try Journal.read(folder: URL(fileURLWithPath: farm.output)), farm)
        }

        private func threads(of process: pid_t) -> [pid_t] {
            let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
            return tasks.compactMap { pid_t($0) }
        }

        private func processes(startedBy process: pid_t, thread: pid_t) -> [pid_t] {
            let text = try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/children", encoding: .utf8)
            return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
        }

        private func isHost(_ process: pid_t) -> Bool {
            let line = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
            return line?.contains("policy-host") == true
        }
    }
}
