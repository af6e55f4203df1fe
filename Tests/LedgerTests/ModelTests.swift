import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A ledger beside its model` {
  @Test func `gives the same answers after every step of a random history`() throws {
    for round in 0..<testRounds(4) {
      try run(seed: testSeed() &+ UInt64(round), steps: 60)
    }
  }

  private func run(seed: UInt64, steps: Int) throws {
    let harness = try LedgerHarness()
    var maker = HistoryMaker(seed: seed)
    var random = SeededRandom(seed: ~seed)
    for step in 0..<steps {
      let now = maker.now()
      try harness.append(maker.batch(harness.model), now: now)
      try harness.compareAll(now: now, &random)
      if step % 10 == 9 { try harness.compareReplay() }
      if random.oneIn(12) { try harness.reopen(closing: random.oneIn(2)) }
    }
    try harness.compareReplay()
  }
}
