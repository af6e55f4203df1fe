import Evidence
import Exchange
import Ledger
import Presentation
import WorkloadModel

/// The log as tiles.
extension ExportCommand {
  /// Fills the folder, its checkpoint last.
  func exportTiles() throws {
    let ledger = try checkpoint == nil ? ledger.openForWriting() : ledger.openForReading()
    let given = try checkpoint.map(CheckpointInput.read)
    if let given { try ledger.check(own: given) }
    var folder = try TileFolder(file)
    try check(folder, of: ledger)
    let checkpoint = try given ?? ledger.checkpoint()
    let head = checkpoint.checkpoint.head
    let published = try folder.checkpoint()?.checkpoint.head.size ?? 0
    guard published <= head.size else {
      throw Failure(
        .failed,
        "\(file) has \(HumanText.count(published, "record")) already and the checkpoint \(HumanText.number(head.size)): "
          + "a log that is served never gets shorter, so name a new folder")
    }
    try write(ledger, head, to: &folder)
    if names { try writeNames(ledger, first: head.size, to: &folder) }
    let keepsNames = !names && folder.hasNames
    try folder.publish(checkpoint)
    Message.note("exported \(HumanText.count(head.size, "record")) to \(file)")
    if keepsNames { Message.note("\(file)/names.ndjson of an earlier export stays as it is") }
  }

  /// An export that is there must be of this log; nobody wants two logs mixed.
  private func check(_ folder: borrowing TileFolder, of ledger: Ledger) throws {
    guard let published = try folder.checkpoint() else { return }
    let origin = published.checkpoint.origin
    guard try ledger.publicKeys().contains(where: { $0.key.name.text == origin }) else {
      throw Failure(.failed, "\(file) has an export of another log, '\(origin)': name another folder")
    }
    do { try ledger.check(own: published) } catch {
      throw Failure(Failure(error).status, "\(file)/checkpoint: \(error.message)")
    }
  }

  private func write(_ ledger: Ledger, _ head: TreeHead, to folder: inout TileFolder) throws {
    var producer = TileProducer()
    var progress = Progress("exporting")
    defer { progress.finish() }
    var failure: (any Error)?
    try ledger.records(1..<head.size + 1) { (position, record) throws(LedgerError) in
      do {
        try producer.append(record) { path, bytes in try folder.add(path, bytes) }
      } catch { failure = error }
      if position % 256 == 0 { progress.update(position, of: head.size, "record") }
      return failure == nil
    }
    if let failure { throw failure }
    let made = try producer.finish { path, bytes in try folder.add(path, bytes) }
    guard made == head else {
      throw Failure(
        .differs,
        "the evidence does not hold: the records do not have the root that was signed; 'workledger verify' says "
          + "which were changed")
    }
  }

  private func writeNames(_ ledger: Ledger, first count: UInt64, to folder: inout TileFolder) throws {
    var json = JSONWriter()
    var failure: (any Error)?
    try ledger.registeredNames(first: count) { (name) throws(LedgerError) in
      name.write(to: &json)
      json.newline()
      guard json.text.count >= 1 << 16 else { return true }
      do { try folder.addNames(json.bytes) } catch { failure = error }
      json.removeAll()
      return failure == nil
    }
    if let failure { throw failure }
    try folder.addNames(json.bytes)
  }
}
