// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is built with: the Swift 6 language mode comes from the tools version.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// Values that borrow from a transaction need the experimental lifetime annotations; one module has them.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "workledger",
  products: [
    .executable(name: "workledger", targets: ["LedgerCLI"]),
    .executable(name: "workledger-generate", targets: ["HistoryGenerator"]),
    .library(name: "Ledger", targets: ["Ledger", "Exchange", "WorkloadModel"]),
    .library(name: "HistoryModel", targets: ["HistoryModel"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // The way of the data: each target depends only on those above it.
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "LMDB", dependencies: ["CLMDB"], swiftSettings: strict + lifetimes),
    .target(name: "WorkloadModel", swiftSettings: strict),
    .target(name: "Evidence", dependencies: [crypto], swiftSettings: strict),
    .target(
      name: "EventStore", dependencies: ["LMDB", "WorkloadModel", "Evidence", crypto], swiftSettings: strict),
    .target(
      name: "ReadModels", dependencies: ["LMDB", "WorkloadModel", "EventStore"], swiftSettings: strict),
    .target(
      name: "Ledger", dependencies: ["LMDB", "WorkloadModel", "Evidence", "EventStore", "ReadModels"],
      swiftSettings: strict),
    .target(
      name: "Presentation", dependencies: ["WorkloadModel", "Evidence", "Ledger"], swiftSettings: strict),
    .target(
      name: "Exchange",
      dependencies: ["CZlib", "WorkloadModel", "Evidence", "Ledger", "Presentation", crypto],
      swiftSettings: strict),
    .executableTarget(
      name: "LedgerCLI",
      dependencies: ["WorkloadModel", "Evidence", "Ledger", "Exchange", "Presentation", argumentParser],
      swiftSettings: strict),
    .target(
      name: "HistoryModel", dependencies: ["WorkloadModel"], path: "tools/generate/Model",
      swiftSettings: strict),
    .executableTarget(
      name: "HistoryGenerator",
      dependencies: ["WorkloadModel", "Ledger", "HistoryModel", argumentParser],
      path: "tools/generate/Command", swiftSettings: strict),

    .target(
      name: "LedgerTestSupport", dependencies: ["WorkloadModel", "Evidence", "Ledger"],
      path: "Tests/LedgerTestSupport",
      swiftSettings: strict),
    .testTarget(name: "LMDBTests", dependencies: ["LMDB", "LedgerTestSupport"], swiftSettings: strict),
    .testTarget(
      name: "WorkloadModelTests", dependencies: ["WorkloadModel", "LedgerTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "EvidenceTests", dependencies: ["Evidence", "Exchange", "Presentation", "LedgerTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "EventStoreTests",
      dependencies: ["LMDB", "WorkloadModel", "Evidence", "EventStore", "LedgerTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ReadModelsTests",
      dependencies: ["LMDB", "WorkloadModel", "EventStore", "ReadModels", "LedgerTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "LedgerTests",
      dependencies: [
        "LMDB", "WorkloadModel", "Evidence", "EventStore", "ReadModels", "Ledger", "LedgerTestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ExchangeTests",
      dependencies: ["WorkloadModel", "Evidence", "Ledger", "Presentation", "Exchange", "LedgerTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PresentationTests",
      dependencies: ["WorkloadModel", "Ledger", "Presentation", "LedgerTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "LedgerCLI", "HistoryGenerator", "WorkloadModel", "Evidence", "Exchange", "Presentation",
        "LedgerTestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "GeneratorTests", dependencies: ["WorkloadModel", "HistoryModel"], swiftSettings: strict),
  ]
)
