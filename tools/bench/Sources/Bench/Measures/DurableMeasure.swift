/// One event, durable before the call returns.
enum DurableMeasure {
  static func run(_ stores: Stores, size: Int, _ report: (Figure) -> Void, note: String? = nil) throws {
    var times = Stores.Times()
    for _ in 0..<10 {
      try stores.append((0..<20).compactMap { _ in stores.plan(1) }, to: &times, samplePerBatch: true)
    }
    let share = times.floor.median / times.ours.median
    report(
      Figure(
        "one durable append", size: size, .microseconds, ours: times.ours.median * 1e6,
        floor: times.floor.median * 1e6, peer: times.peer.median * 1e6,
        target: .init(("≥ 0.7 × floor", share >= 0.7)), note: note))
  }
}
