import Glibc
import LMDB
import LedgerTestSupport

/// The tables of a folder of LMDB, opened beside the ledger: nobody else may have it open in this process.
struct RawTables {
  let path: String

  static let views: [(name: String, order: KeyOrder)] = [
    ("meta", .integer), ("rows", .integer), ("ids", .bytes), ("chunks", .integer), ("blocks", .integer),
    ("bitmaps", .bytes), ("counts", .bytes), ("projects", .integer), ("membersByUser", .integer),
    ("membersByProject", .integer), ("holdings", .integer), ("eventIDs", .bytes), ("idRuns", .bytes),
    ("statuses", .bytes), ("spans", .bytes),
  ]

  private func open() throws -> Environment {
    var options = EnvironmentOptions()
    options.synchronous = false
    return try Environment(path: path, options: options)
  }

  /// All entries of the views, key by key.
  func dump() throws -> [String: [Entry]] {
    let environment = try open()
    var all: [String: [Entry]] = [:]
    for (name, order) in Self.views { all[name] = try entries(environment, name, order) }
    return all
  }

  /// A key and its value.
  struct Entry: Hashable {
    var key: [UInt8]
    var value: [UInt8]
  }

  func entries(_ name: String, _ order: KeyOrder) throws -> [Entry] {
    try entries(open(), name, order)
  }

  private func entries(_ environment: Environment, _ name: String, _ order: KeyOrder) throws -> [Entry] {
    guard let table = try environment.table(name, order) else { return [] }
    return try environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(table) { (cursor) throws(LMDBError) in
        var found: [Entry] = []
        var isThere = try cursor.first()
        while isThere {
          found.append(
            Entry(
              key: cursor.key.withUnsafeBytes { Array($0) }, value: cursor.value.withUnsafeBytes { Array($0) }
            ))
          isThere = try cursor.next()
        }
        return found
      }
    }
  }

  /// Puts a value in place of another, or takes the entry away.
  func put(_ name: String, _ order: KeyOrder, _ key: [UInt8], _ value: [UInt8]?) throws {
    let environment = try open()
    try environment.write { (transaction) throws(LMDBError) in
      let table = try transaction.openTable(name, order)
      if order == .integer {
        let number = key.span.bytes.u64(at: 0)
        if let value {
          try transaction.put(table, number, value.span.bytes)
        } else {
          try transaction.delete(table, number)
        }
      } else if let value {
        try transaction.put(table, bytes: key.span.bytes, value.span.bytes)
      } else {
        try transaction.delete(table, bytes: key.span.bytes)
      }
    }
  }

  /// The number of the last commit.
  func lastTransaction() throws -> Int { try open().info().lastTransaction }
}
