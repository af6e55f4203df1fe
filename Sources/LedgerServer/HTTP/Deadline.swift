import NIOCore

/// A time by which something must have happened on a connection, set anew with every request.
///
/// A task scheduled and cancelled for each request costs more than reading it. So there is one, which looks when it is
/// due whether the time has been moved meanwhile, and then waits for the rest.
final class Deadline {
  private let loop: any EventLoop
  private let passed: () -> Void
  private var end: NIODeadline?
  private var task: Scheduled<Void>?

  /// `passed` is called on the loop, where all else must be called too.
  init(on loop: any EventLoop, passed: @escaping () -> Void) {
    self.loop = loop
    self.passed = passed
  }

  /// Sets the time.
  func set(in amount: TimeAmount) {
    let end = loop.now + amount
    self.end = end
    if task == nil { schedule(at: end) }
  }

  /// It has happened.
  func clear() { end = nil }

  /// The connection is over.
  func cancel() {
    end = nil
    task?.cancel()
    task = nil
  }

  private func schedule(at time: NIODeadline) {
    task = loop.assumeIsolated().scheduleTask(deadline: time) { [self] in
      task = nil
      guard let end else { return }
      if end <= loop.now {
        self.end = nil
        passed()
      } else {
        schedule(at: end)
      }
    }
  }
}
