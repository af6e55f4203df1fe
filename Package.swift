// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is built with: the Swift 6 language mode comes from the tools version.
let strictBesideC: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// And what all have but the server: NIO's C modules declare the structs of the system once more, and whose member a
/// name is changes from build to build there.
let strict = strictBesideC + [.enableUpcomingFeature("MemberImportVisibility")]

/// Values that borrow from a transaction need the experimental lifetime annotations; one module has them.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

/// The server needs many packages more. Whoever only wants to build and test what stores and reads the ledger leaves it
/// out: WORKLEDGER_WITHOUT_SERVER=1.
let withServer = Context.environment["WORKLEDGER_WITHOUT_SERVER"] == nil

let serverDependencies: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
  .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
  .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
  .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
  .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
]

let serverTargets: [Target] = [
  .executableTarget(
    name: "LedgerServer",
    dependencies: [
      "WorkloadModel", "Evidence", "Ledger", "Exchange", "Presentation", argumentParser, crypto,
      hummingbird,
      .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "HummingbirdHTTP2", package: "hummingbird"),
      .product(name: "JWTKit", package: "jwt-kit"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "Mustache", package: "swift-mustache"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
      .product(name: "NIOTLS", package: "swift-nio"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ],
    resources: [.embedInCode("Page/Script")],
    swiftSettings: strictBesideC),
  .testTarget(
    name: "LedgerServerTests",
    dependencies: [
      "LedgerServer", "WorkloadModel", "Evidence", "Ledger", "Presentation", "LedgerTestSupport",
      hummingbird,
      .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "JWTKit", package: "jwt-kit"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOEmbedded", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOTLS", package: "swift-nio"),
    ],
    swiftSettings: strictBesideC),
]

let package = Package(
  name: "workledger",
  products: [
    .executable(name: "workledger", targets: ["LedgerCLI"]),
    .executable(name: "workledger-generate", targets: ["HistoryGenerator"]),
    .library(name: "Ledger", targets: ["Ledger", "Exchange", "WorkloadModel"]),
    .library(name: "HistoryModel", targets: ["HistoryModel"]),
  ] + (withServer ? [.executable(name: "workledger-server", targets: ["LedgerServer"])] : []),
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ] + (withServer ? serverDependencies : []),
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
      name: "Ledger",
      dependencies: ["LMDB", "WorkloadModel", "Evidence", "EventStore", "ReadModels", crypto],
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
      name: "SimulationTests",
      dependencies: ["LMDB", "Evidence", "EventStore", "Ledger", "LedgerCLI", "LedgerTestSupport"],
      exclude: ["preload.h", "recorder.c", "faults.c"], swiftSettings: strict),
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
      name: "GeneratorTests", dependencies: ["WorkloadModel", "HistoryModel", "LedgerTestSupport"],
      swiftSettings: strict),
  ] + (withServer ? serverTargets : [])
)
