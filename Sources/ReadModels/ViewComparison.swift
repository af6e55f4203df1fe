package import EventStore
package import LMDB
import WorkloadModel

/// Compares stored views with freshly folded ones, entry by entry, as two sorted lists.
package enum ViewComparison {
  /// A difference in the terms of this module.
  package struct Difference: Sendable {
    package var view: String
    package var stream: UInt64?
    package var field: String
    package var stored: String?
    package var expected: String?
  }

  /// Calls `report` for each difference, and returns how many entries were compared. The tables of the past must
  /// have come as far in the fresh views as in the stored ones.
  package static func compare(
    _ stored: ViewStore, _ left: borrowing ReadTransaction, with fresh: ViewStore,
    _ right: borrowing ReadTransaction, report: (Difference) throws(StoreError) -> Void
  ) throws(StoreError) -> Int {
    var entries = 0
    // What questions about the past have not come to is not there to compare.
    let hasPast = try stored.historyPosition(left) > 0
    let (tables, others) =
      hasPast ? (stored.allTables, fresh.allTables) : (stored.tables.all, fresh.tables.all)
    for (table, other) in zip(tables, others) {
      try left.withCursor(table) { (a) throws(StoreError) in
        try right.withCursor(other) { (b) throws(StoreError) in
          var (hasA, hasB) = (try a.first(), try b.first())
          while hasA || hasB {
            entries += 1
            let order = hasA && hasB ? compare(a.key, b.key, table.order) : hasA ? -1 : 1
            if order < 0 {
              try report(missing(table, a.key, a.value, isStored: true))
            } else if order > 0 {
              try report(missing(table, b.key, b.value, isStored: false))
            } else if let difference = difference(table, a.key, a.value, b.value) {
              try report(difference)
            }
            if order <= 0 { hasA = try a.next() }
            if order >= 0 { hasB = try b.next() }
          }
        }
      }
    }
    return entries
  }

  private static func compare(_ left: RawSpan, _ right: RawSpan, _ order: KeyOrder) -> Int {
    if order == .integer, left.byteCount == 8, right.byteCount == 8 {
      let (a, b) = (left.u64(at: 0), right.u64(at: 0))
      return a < b ? -1 : a > b ? 1 : 0
    }
    for offset in 0..<min(left.byteCount, right.byteCount) {
      let (a, b) = (left.u8(at: offset), right.u8(at: offset))
      if a != b { return a < b ? -1 : 1 }
    }
    return left.byteCount - right.byteCount
  }

  private static func missing(
    _ table: Table, _ key: RawSpan, _ value: RawSpan, isStored: Bool
  ) -> Difference {
    let stream = table.name == "rows" ? key.u64(at: 0) : nil
    return Difference(
      view: table.name, stream: stream, field: stream == nil ? hex(key) : "row",
      stored: isStored ? hex(value) : nil, expected: isStored ? nil : hex(value))
  }

  private static func difference(
    _ table: Table, _ key: RawSpan, _ stored: RawSpan, _ expected: RawSpan
  ) -> Difference? {
    var isSame = stored.byteCount == expected.byteCount
    if isSame {
      for offset in stored.byteOffsets where stored.u8(at: offset) != expected.u8(at: offset) {
        isSame = false
        break
      }
    }
    if isSame { return nil }
    if table.name == "rows" {
      let stream = key.u64(at: 0)
      if let a = Row(stored, stream: stream), let b = Row(expected, stream: stream),
        let field = firstDifference(a, b)
      {
        return Difference(view: "rows", stream: stream, field: field.0, stored: field.1, expected: field.2)
      }
      return Difference(
        view: "rows", stream: stream, field: "row", stored: hex(stored), expected: hex(expected))
    }
    return Difference(
      view: table.name, stream: nil, field: hex(key), stored: hex(stored), expected: hex(expected))
  }

  /// The first field of two rows that differs, with both values in words.
  static func firstDifference(_ a: Row, _ b: Row) -> (String, String, String)? {
    let (x, y) = (a.state, b.state)
    let fields: [(String, String, String)] = [
      ("status", x.status.label, y.status.label), ("run", "\(x.run)", "\(y.run)"),
      ("deletion", "\(x.deletion)", "\(y.deletion)"), ("contact", "\(x.contact)", "\(y.contact)"),
      ("version", "\(x.version)", "\(y.version)"), ("attempt", "\(x.attempt)", "\(y.attempt)"),
      ("deletion attempts", "\(x.deletionAttempts)", "\(y.deletionAttempts)"),
      ("project", "#\(x.project.rawValue)", "#\(y.project.rawValue)"),
      ("cluster", "#\(x.cluster.rawValue)", "#\(y.cluster.rawValue)"),
      ("owner", "#\(x.owner.rawValue)", "#\(y.owner.rawValue)"),
      ("type", x.type?.label ?? "unknown", y.type?.label ?? "unknown"),
      ("cpuMillicores", "\(x.resources.cpuMillicores)", "\(y.resources.cpuMillicores)"),
      ("memoryBytes", "\(x.resources.memoryBytes)", "\(y.resources.memoryBytes)"),
      ("gpuMilli", "\(x.resources.gpuMilli)", "\(y.resources.gpuMilli)"),
      ("createdAt", x.createdAt.rfc3339, y.createdAt.rfc3339),
      ("createdBy", "#\(x.createdBy.rawValue)", "#\(y.createdBy.rawValue)"),
      ("queuedAt", x.queuedAt.rfc3339, y.queuedAt.rfc3339),
      ("startedAt", x.startedAt.rfc3339, y.startedAt.rfc3339),
      ("finishedAt", x.finishedAt.rfc3339, y.finishedAt.rfc3339),
      ("deleteRequestedAt", x.deleteRequestedAt.rfc3339, y.deleteRequestedAt.rfc3339),
      ("deleteRequestedBy", "#\(x.deleteRequestedBy.rawValue)", "#\(y.deleteRequestedBy.rawValue)"),
      ("deletedAt", x.deletedAt.rfc3339, y.deletedAt.rfc3339),
      ("deletedBy", "#\(x.deletedBy.rawValue)", "#\(y.deletedBy.rawValue)"),
      ("statusSince", x.statusSince.rfc3339, y.statusSince.rfc3339),
      ("reasonPosition", "\(x.reasonPosition)", "\(y.reasonPosition)"),
      ("lastPosition", "\(x.lastPosition)", "\(y.lastPosition)"), ("ordinal", "\(a.ordinal)", "\(b.ordinal)"),
      ("contentFilter", "\(a.contentFilter)", "\(b.contentFilter)"),
    ]
    return fields.first { $0.1 != $0.2 }
  }

  private static func hex(_ bytes: RawSpan) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for offset in bytes.byteOffsets.prefix(48) {
      text.append(digits[Int(bytes.u8(at: offset) >> 4)])
      text.append(digits[Int(bytes.u8(at: offset) & 15)])
    }
    return String(decoding: text, as: UTF8.self) + (bytes.byteCount > 48 ? "…" : "")
  }
}
