import HistoryModel

/// Batches of 1,000 into the log and all views.
enum AppendMeasure {
  /// Fills the stores with `size` events and says how fast.
  ///
  /// A small history is over before the first flush, so it is appended to several fresh stores; the last of
  /// them is handed on to the other measures.
  static func run(_ size: Int, in folder: Folder, _ report: (Figure) -> Void) throws -> Stores {
    let repeats = size < 100_000 ? 5 : 1
    let blockSize = max(1, min(50, size / 1000 / 20))
    var times = Stores.Times()
    var stores: Stores?
    for turn in 0..<repeats {
      stores = nil
      folder.remove("append\(turn - 1)")
      let next = try Stores(HistoryOptions(events: size + 20_000), in: folder, name: "append\(turn)")
      var done = 0
      while done < size {
        var block: [PlannedBatch] = []
        while block.count < blockSize, done < size, let plan = next.plan(min(1000, size - done)) {
          block.append(plan)
          done += plan.events.count
        }
        try next.append(block, to: &times)
      }
      stores = next
    }
    guard let stores else { throw FolderError(description: "nothing was appended") }
    precondition(stores.refusedCount == 0, "the ledger did not take all events")
    let ours = 1 / times.ours.median
    report(
      Figure(
        "append, batches of 1,000", size: size, .eventsPerSecond, ours: ours, floor: 1 / times.floor.median,
        peer: 1 / times.peer.median, target: .init(("≥ 250,000", ours >= 250_000))))
    report(
      Figure(
        "append, mean of all batches", size: size, .eventsPerSecond, ours: 1 / times.ours.mean,
        floor: 1 / times.floor.mean, peer: 1 / times.peer.mean))
    let all = Double(size * repeats)
    report(
      Figure(
        "append, by processor time", size: size, .eventsPerSecond, ours: all / times.oursProcessor,
        floor: all / times.floorProcessor, peer: all / times.peerProcessor, note: "no waiting for the disk"))
    return stores
  }
}
