// swift-tools-version: 6.1
import PackageDescription

// Features and neighbours are compiled into whoever calls them: as for the AVX2 build of the kernels.
let micro: [SwiftSetting] = {
    #if arch(x86_64)
        [.unsafeFlags(["-Ounchecked", "-wmo", "-Xcc", "-march=x86-64-v3"], .when(configuration: .release))]
    #else
        []
    #endif
}()

let package = Package(
    name: "longhaul-benchmarks",
    dependencies: [
        .package(name: "longhaul", path: ".."),
        // Options and their help texts.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // Statistics over repeated runs, instruction counts, comparison with a stored baseline.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "RolloutBenchmarks",
            dependencies: [
                .product(name: "LonghaulModules", package: "longhaul"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/RolloutBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "RecordBenchmarks",
            dependencies: [
                .product(name: "LonghaulModules", package: "longhaul"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/RecordBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        // Our side of the comparison with other simulators: see `Peers/`.
        .executableTarget(
            name: "PeerRun",
            dependencies: [.product(name: "LonghaulModules", package: "longhaul")],
            path: "PeerRun"),
        // How cost grows with threads, agents and batches, and what the farm adds.
        .executableTarget(
            name: "Scaling",
            dependencies: [.product(name: "LonghaulModules", package: "longhaul")],
            path: "Scaling"),
        // What each piece of a rollout costs, by itself.
        .executableTarget(
            name: "Micro",
            dependencies: [
                .product(name: "LonghaulModules", package: "longhaul"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Micro", swiftSettings: micro),
        // How much one coordinator takes in from thousands of workers.
        .executableTarget(
            name: "longhaul-capacity",
            dependencies: [
                .product(name: "LonghaulModules", package: "longhaul"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Capacity"),
    ]
)
