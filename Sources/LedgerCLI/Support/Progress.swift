import Glibc
import Presentation

/// A line on standard error that says how far work is: only on a terminal, and only after a second.
struct Progress {
  private let isShown = System.isTerminal(STDERR_FILENO)
  private let start = System.uptime
  private var next = System.uptime + 1
  private var hasLine = false
  private let verb: String

  /// `verb` says what is being done, as in "replaying".
  init(_ verb: String) { self.verb = verb }

  /// Says that `done` of `total` are done, at most ten times a second.
  mutating func update(_ done: UInt64, of total: UInt64? = nil, _ noun: String = "event") {
    guard isShown else { return }
    let now = System.uptime
    guard now >= next else { return }
    next = now + 0.1
    hasLine = true
    var line = "\r\(verb): \(HumanText.count(done, noun))"
    if let total, total > 0 { line += " of \(HumanText.number(total)), \(min(100, done * 100 / total))%" }
    line += ", \(HumanText.number(UInt64(Double(done) / (now - start))))/s"
    Message.put(line + "\u{1B}[K")
  }

  /// Takes the line away.
  mutating func finish() {
    if hasLine { Message.put("\r\u{1B}[K") }
    hasLine = false
  }
}
