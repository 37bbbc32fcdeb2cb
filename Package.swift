// swift-tools-version: 6.1
import PackageDescription

let isX86 = {
    #if arch(x86_64)
        true
    #else
        false
    #endif
}()

// The rollout's hot loop is one folder, built once per instruction set; `Rollout` chooses at start-up.
// These flags reach Swift's own code generation through its C importer. FMA contraction is no concern:
// Swift fuses only where the source says `addingProduct`.
let kernelDependencies: [Target.Dependency] = [
    "ReproducibleMath", "RoadNetwork", "WorldModel", "Metrics", "Policies", "RolloutState", "CLonghaulPolicy",
]
let fast: [SwiftSetting] = [.unsafeFlags(["-Ounchecked", "-wmo", "-Xcc", "-fno-math-errno"], .when(configuration: .release))]
let x86Kernels: [Target] = !isX86 ? [] : [
    .target(
        name: "RolloutKernelX86V3", dependencies: kernelDependencies,
        swiftSettings: fast + [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]),
    .target(
        name: "RolloutKernelX86V4", dependencies: kernelDependencies,
        swiftSettings: fast + [
            .define("LONGHAUL_WIDE_VECTORS"),
            .unsafeFlags(["-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512"]),
        ]),
]

// The fuzzer is built by `Ops/fuzz` alone: its `main` comes with `-sanitize=fuzzer`.
let fuzzer: [Target] = Context.environment["LONGHAUL_FUZZ"] == nil ? [] : [
    .executableTarget(
        name: "longhaul-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver",
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
]

let package = Package(
    name: "longhaul",
    products: [
        .executable(name: "longhaul", targets: ["longhaul"]),
        // For `Benchmarks/`, a package of its own.
        .library(
            name: "LonghaulModules",
            targets: [
                "Rollout", "WorldModel", "RoadNetwork", "Scenarios", "Metrics", "RecordStore", "Messaging", "Farm",
                "PolicyHost", "Policies", "ReproducibleMath", "RolloutState", "RolloutKernel",
            ] + x86Kernels.map(\.name)),
    ],
    dependencies: [
        // Subcommands, options and their help texts.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // Campaign files: YAML with line numbers in its errors.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        // The journal: SQLite with transactions, migrations and typed rows.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CNng", providers: [.apt(["libnng-dev"])]),
        .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),
        // Recordings come gzipped.
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // SHA-256 for content hashes; already there, because nng needs it.
        // Says why a TLS connection fails, and checks certificates before nng gets them.
        .systemLibrary(name: "CMbedTLS", providers: [.apt(["libmbedtls-dev"])]),
        .systemLibrary(name: "CMbedCrypto", providers: [.apt(["libmbedtls-dev"])]),

        .target(name: "ReproducibleMath"),
        .target(name: "RoadNetwork", dependencies: ["ReproducibleMath"]),
        .target(name: "Metrics"),
        // Texts inside HTML, YAML and shell commands.
        .target(name: "TextEscaping"),
        .target(
            name: "WorldModel", dependencies: ["ReproducibleMath", "RoadNetwork", "CMbedCrypto"],
            resources: [.copy("Weights")]),
        .target(
            name: "Scenarios",
            dependencies: ["ReproducibleMath", "RoadNetwork", "WorldModel", "Metrics", "TextEscaping", "Yams"]),
        .target(name: "Policies", dependencies: ["ReproducibleMath", "RoadNetwork", "WorldModel"]),
        // The memory that the kernels work on.
        .target(
            name: "RolloutState",
            dependencies: ["ReproducibleMath", "RoadNetwork", "WorldModel", "Metrics", "Policies"]),
        // The public C ABI for policies under test, and the process that hosts a shared library.
        .target(name: "CLonghaulPolicy"),
        // Policies under test in processes of their own.
        .target(
            name: "PolicyHost", dependencies: ["CLonghaulPolicy", "Scenarios"],
            resources: [.embedInCode("Resources/longhaul_policy.py")]),
        // Which instruction sets the CPU has.
        .target(name: "CpuFeatures"),
        .target(name: "RolloutKernel", dependencies: kernelDependencies, swiftSettings: fast),
        .target(
            name: "Rollout",
            dependencies: [
                "ReproducibleMath", "RoadNetwork", "WorldModel", "Policies", "Scenarios", "Metrics",
                "RolloutState", "RolloutKernel", "CpuFeatures", "PolicyHost", "CLonghaulPolicy",
            ] + x86Kernels.map { .target(name: $0.name) }),
        .target(
            name: "TrafficData",
            dependencies: ["RoadNetwork", "Metrics", "CZlib"]),
        .target(
            name: "RecordStore",
            dependencies: ["Metrics", "CLZ4", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(name: "Messaging", dependencies: ["CNng", "CMbedTLS"]),
        .target(name: "Farm", dependencies: ["Messaging", "RecordStore", "Scenarios", "Metrics", "WorldModel"]),
        // What the kilometres say: reports, comparisons, failures, exports.
        .target(name: "Findings", dependencies: ["Farm", "RecordStore", "Scenarios", "Metrics", "TextEscaping"]),
        // The terminal as a grid of cells: what the dashboard and the replay in the terminal draw on.
        .target(name: "TerminalScreen"),
        .target(name: "Dashboard", dependencies: ["Farm", "TerminalScreen", "Metrics"]),
        .target(
            name: "Replay",
            dependencies: [
                "Rollout", "PolicyHost", "RoadNetwork", "Scenarios", "WorldModel", "Metrics", "RecordStore",
                "TerminalScreen", "TextEscaping", "CZlib",
            ],
            resources: [
                .embedInCode("Page/page.html"), .embedInCode("Page/page.css"),
                .embedInCode("Page/recording.js"), .embedInCode("Page/scene.js"),
                .embedInCode("Page/charts.js"), .embedInCode("Page/player.js"),
            ]),
        // Training's matrix products; training asks for AVX2 on x86-64.
        .target(
            name: "TrainingKernel", dependencies: ["ReproducibleMath"],
            swiftSettings: fast + (isX86 ? [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])] : [])),
        .target(
            name: "Training",
            dependencies: [
                "TrainingKernel", "CpuFeatures", "WorldModel", "TrafficData", "RoadNetwork", "ReproducibleMath",
                "Metrics", "Policies",
            ],
            exclude: ["README.md"]),
        .target(
            name: "StreetTraffic",
            dependencies: ["ReproducibleMath", "RoadNetwork", "TrafficData", "WorldModel", "Metrics"],
            exclude: ["README.md"]),
        .target(
            name: "Evaluation",
            dependencies: [
                "StreetTraffic", "Rollout", "RolloutState", "Policies", "WorldModel", "TrafficData", "RoadNetwork",
                "ReproducibleMath", "Metrics", "TextEscaping",
            ]),
        .target(
            name: "TrafficStudy",
            dependencies: [
                "Rollout", "RolloutState", "Policies", "Scenarios", "WorldModel", "TrafficData", "RoadNetwork",
                "ReproducibleMath", "Metrics", "TextEscaping",
            ],
            exclude: ["README.md"]),
        .executableTarget(
            name: "longhaul",
            dependencies: [
                "Farm", "Findings", "Dashboard", "Replay", "Training", "Evaluation", "StreetTraffic", "TrafficStudy",
                "Rollout",
                "TrafficData", "WorldModel", "Messaging", "Scenarios", "RecordStore", "Metrics", "TextEscaping",
                "PolicyHost", "CLonghaulPolicy", "CNng", "CLZ4",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .testTarget(name: "ReproducibleMathTests", dependencies: ["ReproducibleMath"]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics"]),
        .testTarget(name: "TextEscapingTests", dependencies: ["TextEscaping"]),
        .testTarget(
            name: "WorldModelTests", dependencies: ["WorldModel", "RoadNetwork", "ReproducibleMath"]),
        .testTarget(
            name: "PoliciesTests", dependencies: ["Policies", "WorldModel", "RoadNetwork", "ReproducibleMath"]),
        .testTarget(
            name: "ScenariosTests",
            dependencies: ["Scenarios", "Policies", "Metrics", "WorldModel", "RoadNetwork", "ReproducibleMath"]),
        // Counts allocations in the test program.
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .testTarget(
            name: "RolloutTests",
            dependencies: [
                "Rollout", "PolicyHost", "Scenarios", "WorldModel", "Metrics", "AllocationCounter", "CLonghaulPolicy",
            ],
            exclude: ["Policies"]),
        .testTarget(name: "TrafficDataTests", dependencies: ["TrafficData", "RoadNetwork", "Metrics", "CZlib"]),
        .testTarget(name: "RecordStoreTests", dependencies: ["RecordStore", "Metrics"]),
        .testTarget(name: "MessagingTests", dependencies: ["Messaging"]),
        // A coordinator and its workers on simulated time, network and disk; `Ops/simulate` runs it for long.
        .target(
            name: "FarmSimulator", dependencies: ["Farm", "RecordStore", "Scenarios", "Metrics"],
            path: "Tests/FarmSimulator"),
        .executableTarget(name: "farm-simulate", dependencies: ["FarmSimulator"], path: "Tests/FarmSimulate"),
        .testTarget(
            name: "FarmTests",
            dependencies: [
                "Farm", "FarmSimulator", "Messaging", "RecordStore", "Scenarios", "Metrics", "WorldModel",
                "ReproducibleMath",
            ]),
        .testTarget(
            name: "DashboardTests", dependencies: ["Dashboard", "Farm", "TerminalScreen", "Metrics"],
            exclude: ["Goldens"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "WorldModel", "TrafficData", "RoadNetwork", "ReproducibleMath", "Metrics"]),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "Evaluation", "StreetTraffic", "Rollout", "TrafficData", "WorldModel", "RoadNetwork", "Metrics",
            ]),
        .testTarget(
            name: "TrafficStudyTests",
            dependencies: [
                "TrafficStudy", "Rollout", "RolloutState", "Scenarios", "WorldModel", "TrafficData", "RoadNetwork",
                "Metrics",
            ]),
        .testTarget(
            name: "ReplayTests",
            dependencies: [
                "Replay", "Rollout", "RoadNetwork", "Scenarios", "WorldModel", "Metrics", "ReproducibleMath",
                "TerminalScreen",
            ]),
        .testTarget(
            name: "FindingsTests",
            dependencies: ["Findings", "Rollout", "RecordStore", "Scenarios", "WorldModel", "Metrics"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Farm", "Scenarios", "WorldModel", "RecordStore", "Metrics"], exclude: ["Readers"]),

        // Every decoder of bytes from outside, for the fuzzer and for the tests of what it found.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Farm", "Findings", "Dashboard", "Evaluation", "TerminalScreen", "RecordStore", "Scenarios",
                "StreetTraffic", "TrafficData", "WorldModel", "Metrics",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Tests/Fuzz/Targets"),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"]),
    ] + x86Kernels + fuzzer
)
