import Glibc
import Synchronization

/// Signals: a reader that goes away ends the program quietly, and what follows a log stops when asked to.
enum Signals {
  private static let stopFlag = Atomic<Bool>(false)

  /// Whether the user has asked to stop.
  static var shouldStop: Bool { stopFlag.load(ordering: .relaxed) }

  /// Makes a closed pipe an error of write(2), so that it is met in one place.
  static func prepare() { signal(SIGPIPE, SIG_IGN) }

  /// From now on the first SIGINT or SIGTERM only asks to stop; a second one ends the program at once.
  static func stopOnRequest() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Signals.stopFlag.store(true, ordering: .relaxed) }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    // Whoever started this may have blocked them: threads of libdispatch do, and children inherit that.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }
}
