// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building the ledger never needs SQLite.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "bench",
  products: [.executable(name: "sqlite-peer", targets: ["SQLitePeer"])],
  dependencies: [
    .package(name: "workledger", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  ],
  targets: [
    // Not the ledger's own wrapper: the floor calls C as a C program would.
    .systemLibrary(name: "CLMDBFloor", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: strict),
    .executableTarget(
      name: "Bench",
      dependencies: [
        "CLMDBFloor", "CSQLite", "SQLite",
        .product(name: "Ledger", package: "workledger"),
        .product(name: "HistoryModel", package: "workledger"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "SQLitePeer",
      dependencies: [
        "SQLite",
        .product(name: "Ledger", package: "workledger"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
  ]
)
