/// How far it is, on a terminal only and only when it takes longer than a second.
struct Progress {
  private let total: Int
  private let isShown = errorsGoToTerminal()
  private let clock = ContinuousClock()
  private let began: ContinuousClock.Instant
  private var shownAt: ContinuousClock.Instant
  private var hasShown = false

  init(of total: Int) {
    self.total = total
    began = clock.now
    shownAt = began
  }

  /// Shows it once a second.
  mutating func show(_ done: Int) {
    guard isShown else { return }
    let now = clock.now
    guard now - shownAt > .seconds(1) else { return }
    shownAt = now
    hasShown = true
    let rate = Double(done) / ((now - began) / .seconds(1))
    writeError("\r\u{1B}[K\(done) of \(total) events, \(done * 100 / total) %, \(Int(rate)) events/s")
  }

  /// Clears the line.
  func finish() {
    if hasShown { writeError("\r\u{1B}[K") }
  }
}
