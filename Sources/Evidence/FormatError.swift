/// A text that is not in its format: which format, where, and what would be right.
package struct FormatError: Error, Hashable, Sendable {
  /// The format, as a sentence names it: "checkpoint".
  package var format: String
  /// The line, from 1; 0 where it concerns the text as a whole.
  package var line: Int
  /// What is wrong and what would be right.
  package var reason: String

  package init(_ format: String, line: Int = 0, _ reason: String) {
    self.format = format
    self.line = line
    self.reason = reason
  }

  /// The same where the text begins at line `first` of a larger one.
  package func within(_ format: String, from first: Int) -> FormatError {
    FormatError(format, line: line == 0 ? first : first + line - 1, reason)
  }
}

extension FormatError: CustomStringConvertible {
  package var description: String {
    line == 0 ? "\(format): \(reason)" : "\(format), line \(line): \(reason)"
  }
}
