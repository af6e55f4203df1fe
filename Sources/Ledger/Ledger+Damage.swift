import LMDB
import Synchronization

extension Ledger {
  /// How a program says what it says to people.
  public enum MessageForm: Sendable {
    /// A line of text.
    case text
    /// An object of JSON on a line, as in the log of a server.
    case json
  }

  /// For a program as a whole, before it opens a ledger: where the file of one is damaged in a place that no check came
  /// upon, the process ends with a message that names it, and not with a signal. Views that were damaged and are folded
  /// anew are told to `note`.
  public static func reportDamage(as form: MessageForm, note: @escaping @Sendable (String) -> Void) {
    notice.withLock { $0 = note }
    let advice: StaticString =
      """
      . Views are made anew by 'workledger replay --rebuild'; keep the files of a log as they are, see what \
      'workledger verify' says, and restore it from a backup.
      """
    switch form {
    case .text: DamageReport.enable(opening: "Error: ", advice: advice, closing: "\n")
    case .json:
      DamageReport.enable(opening: "{\"level\":\"critical\",\"message\":\"", advice: advice, closing: "\"}\n")
    }
  }

  /// The status that the process then ends with; 1 where nothing is said.
  public static func endForDamage(with status: Int32) { DamageReport.end(with: status) }

  /// Tells people what happened that is no error.
  static func note(_ text: String) {
    notice.withLock { $0 }?(text)
  }

  private static let notice = Mutex<(@Sendable (String) -> Void)?>(nil)
}
