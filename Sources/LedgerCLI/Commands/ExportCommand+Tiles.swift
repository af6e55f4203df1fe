import Evidence
import Ledger
import Presentation

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
    try folder.add(ledger, head)
    if names {
      let writer = NameWriter()
      try ledger.registeredNames(first: head.size) { (name) throws(LedgerError) in
        writer.write(name, to: &folder)
      }
      try writer.finish(&folder)
    }
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
}
