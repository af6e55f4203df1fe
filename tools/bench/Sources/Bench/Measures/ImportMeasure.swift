import Exchange
import Ledger
import SQLite
import WorkloadModel

/// A file into an empty store, end to end: opened, read, decided on, appended with all views, closed.
///
/// The floor reads the file without parsing it and appends records and rows of the same sizes in the same
/// batches.
enum ImportMeasure {
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)
  private static let options = ImportOptions(reporter: "bench@host", importer: "bench")

  static func run(_ size: Int, in folder: Folder, _ report: (Figure) -> Void) throws {
    for (format, name) in [(ImportFile.Format.cloudEvents, "NDJSON"), (.csv, "mapped CSV")] {
      let place = "import"
      defer { folder.remove(place) }
      let path = try folder.folder(place)
      let file = try ImportFile(format, events: size, at: path + "/events")
      var (ours, floor, peer) = (Samples(), Samples(), Samples())
      for _ in 0..<(size < 100_000 ? 5 : size <= 1_000_000 ? 3 : 1) {
        try ours.measure { () throws in try toLedger(file, path + "/ledger") }
        folder.remove(place + "/ledger")
        try floor.measure { () throws in try toFloor(file, path + "/floor") }
        folder.remove(place + "/floor")
        try peer.measure { () throws in try toPeer(file, path + "/peer.sqlite") }
        for suffix in ["", "-wal", "-shm"] { folder.remove(place + "/peer.sqlite" + suffix) }
      }
      let count = Double(file.eventCount)
      let (rate, peerRate) = (count / ours.median, count / peer.median)
      report(
        Figure(
          "import of \(name)", size: size, .eventsPerSecond, ours: rate, floor: count / floor.median,
          peer: peerRate,
          target: .init(("≥ 300,000", rate >= 300_000), ("≥ 3 × SQLite", rate >= 3 * peerRate)),
          note: "SQLite behind the same parser; floor: read, not parsed"))
    }
  }

  private static func toLedger(_ file: ImportFile, _ path: String) throws {
    _ = try Ledger.create(at: path, now: now)
    let ledger = try Ledger(path: path)
    let report = try read(file) { (batch, outcomes) throws(LedgerError) in
      try ledger.append(&batch, now: now, outcomes: &outcomes)
    }
    try ledger.close()
    guard report.appendedTotal == file.eventCount else {
      throw FolderError(
        description: "import: \(report.appendedTotal) of \(file.eventCount) events were taken")
    }
  }

  private static func toFloor(_ file: ImportFile, _ path: String) throws {
    let floor = try Floor(path: path)
    guard try file.countLines() >= file.eventCount else {
      throw FolderError(description: "import: the file has too few lines")
    }
    for plan in file.plans { try floor.append(plan) }
  }

  private static func toPeer(_ file: ImportFile, _ path: String) throws {
    let peer = PeerImport(try Peer(path: path), now: now)
    let report = try read(file) { (batch, outcomes) throws(LedgerError) in
      do throws(DatabaseError) { try peer.append(&batch, &outcomes) } catch {
        throw .storage(error.description)
      }
    }
    guard report.appendedTotal == file.eventCount else {
      throw FolderError(
        description: "import: SQLite took \(report.appendedTotal) of \(file.eventCount) events")
    }
  }

  private static func read(_ file: ImportFile, into sink: BatchSink) throws -> ImportReport {
    switch file.format {
    case .cloudEvents:
      try Importer.importCloudEvents(from: [.file(file.path)], options: options, into: sink)
    case .csv:
      try Importer.importCSV(
        from: [.file(file.path)], mapping: ImportMapping.mapping(), options: options, into: sink)
    }
  }
}
