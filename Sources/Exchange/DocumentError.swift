/// What is wrong with a JSON document that is read as a whole (a mapping, a bundle of evidence, the body of a request),
/// by itself or for what it was to be used for.
public struct DocumentError: Error, Hashable, Sendable {
  /// Where in the document, as in `$.events[2].time.column`.
  public var path: String
  /// The line, from 1; 0 where the document was not read from JSON.
  public var line: Int
  /// The byte column of that line, from 1.
  public var column: Int
  /// What is wrong, and what would be right.
  public var reason: String

  /// A sentence for people, to stand behind what document it is.
  public var message: String {
    line > 0 ? "\(path) (line \(line), column \(column)): \(reason)" : "\(path): \(reason)"
  }
}
