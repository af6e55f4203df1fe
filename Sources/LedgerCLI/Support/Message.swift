import Glibc

/// What is said to people: on standard error, so that standard output stays what was asked for.
enum Message {
  /// A line for information.
  static func note(_ text: String) { put(text + "\n") }

  /// A line about something that failed; in the words of argument-parser, which says the same for usage.
  static func error(_ text: String) { put("Error: " + text + "\n") }

  /// Text as it is; what can't be said is not worth failing for.
  static func put(_ text: String) {
    // What was said before stands before it, where both go to the same place.
    try? StandardOutput.flush()
    try? writeAll(Array(text.utf8), to: STDERR_FILENO, "standard error")
  }

  /// Asks a question that is answered with yes or no; no is what anything else means.
  static func confirm(_ question: String) -> Bool {
    put(question + " [y/N] ")
    guard let answer = readLine() else {
      put("\n")
      return false
    }
    return ["y", "yes"].contains(answer.lowercased())
  }
}
