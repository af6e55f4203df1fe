/// What a history takes on the disk.
enum SizeMeasure {
  static func run(_ stores: Stores, size: Int, _ report: (Figure) -> Void) throws {
    let sizes = try stores.sizes()
    func perEvent(_ bytes: Int) -> Double { Double(bytes) / Double(size) }
    let log = perEvent(sizes.log)
    report(
      Figure(
        "on disk, log", size: size, .bytes, ours: log, floor: perEvent(sizes.floorLog),
        target: .init(("≤ 130", log <= 130))))
    report(
      Figure(
        "on disk, views", size: size, .bytes, ours: perEvent(sizes.views), floor: perEvent(sizes.floorViews)))
    let all = perEvent(sizes.log + sizes.views)
    let peer = perEvent(sizes.peer)
    report(
      Figure(
        "on disk, all", size: size, .bytes, ours: all, floor: perEvent(sizes.floorLog + sizes.floorViews),
        peer: peer, target: .init(("≤ 250", all <= 250), ("≤ SQLite", all <= peer))))
  }
}
