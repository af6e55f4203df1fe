import Ledger
import WorkloadModel

/// A page of fifty with its number of matches, in process and warm.
///
/// The median is by the clock. The 99th percentile is by processor time, the clock's beside it where they
/// differ: a warm page waits for nothing, so what is missing between them went to other processes.
struct PageMeasure {
  /// The medians at the smallest size, by variant: a page must not get much slower with the project.
  private var smallest: [String: (size: Int, seconds: Double)] = [:]

  mutating func run(_ workloads: Int, in folder: Folder, _ report: (Figure) -> Void) throws {
    let name = "pages"
    defer { folder.remove(name) }
    let stores = try PageStores(workloads: workloads, in: folder, name: name)
    for variant in try PageVariant.all(of: stores.pair) {
      try compare(variant, stores)
      report(try measure(variant, stores, size: workloads))
    }
  }

  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  private mutating func measure(
    _ variant: PageVariant, _ stores: PageStores, size: Int
  ) throws -> Figure {
    var (ours, processor, floor, peer) = (Samples(), Samples(), Samples(), Samples())
    var turn = 0
    let rounds = 10
    for _ in 0..<rounds {
      var budget = 0.06
      for _ in 0..<200 where budget > 0 {
        turn += 1
        let query = variant.pages[turn % variant.pages.count].query
        let start = processorSeconds()
        _ = try ours.measure { () throws(LedgerError) in try stores.pair.ledger.page(query, now: Self.now) }
        processor.add(processorSeconds() - start)
        budget -= ours.seconds.last ?? 0
      }
      for _ in 0..<30 {
        _ = try floor.measure { () throws(FloorError) in try stores.floor.page(below: stores.middle) }
      }
      budget = 0.06
      for _ in 0..<30 where budget > 0 {
        turn += 1
        let page = variant.pages[turn % variant.pages.count]
        try peer.measure { () throws in
          _ = try stores.pair.pages.count(page.query)
          _ = try stores.pair.pages.rows(page.query, below: page.below)
        }
        budget -= peer.seconds.last ?? 0
      }
    }
    return figure(variant, size, ours, processor, floor, peer)
  }

  private mutating func figure(
    _ variant: PageVariant, _ size: Int, _ ours: Samples, _ processor: Samples, _ floor: Samples,
    _ peer: Samples
  ) -> Figure {
    let limit = variant.isByName ? 5000.0 : 300.0
    let (p99, byClock) = (processor.percentile(0.99) * 1e6, ours.percentile(0.99) * 1e6)
    let aside = byClock > p99 * 1.5 ? " (clock \(Int(byClock)))" : ""
    var target = Figure.Target(("p99 ≤ \(Int(limit)), is \(Int(p99))\(aside)", p99 <= limit))
    if !variant.isByName, let small = smallest[variant.name] {
      let growth = ours.median / small.seconds
      let text = "≤ 2 × \(shortCount(small.size)), is \((growth * 10).rounded() / 10)"
      target = .init((target.text, target.isMet), (text, growth <= 2))
    } else if smallest[variant.name] == nil {
      smallest[variant.name] = (size, ours.median)
    }
    return Figure(
      "page, p50: \(variant.name)", size: size, .microseconds, ours: ours.median * 1e6,
      floor: floor.median * 1e6, peer: peer.median * 1e6, target: target)
  }

  /// The ledger and SQLite must show the same rows and totals, or the times say nothing.
  private func compare(_ variant: PageVariant, _ stores: PageStores) throws {
    for page in variant.pages {
      let ours = try stores.pair.ledger.page(page.query, now: Self.now)
      let rows = try stores.pair.pages.rows(page.query, below: page.below)
      let total = try stores.pair.pages.count(page.query)
      guard ours.total == total, ours.items.map(\.id) == rows.map(\.id),
        zip(ours.items, rows).allSatisfy({ $0.status == $1.state.status && $0.name == $1.name })
      else {
        throw FolderError(
          description: "page '\(variant.name)': \(ours.items.count) of \(ours.total) workloads in the "
            + "ledger, \(rows.count) of \(total) in SQLite, or other ones")
      }
    }
  }
}
