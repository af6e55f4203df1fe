/// What is wrong with a mapping, by itself or for a file that it was to read.
public struct MappingError: Error, Hashable, Sendable {
  /// Where in the mapping, as in `$.events[2].time.column`.
  public var path: String
  /// The line of the mapping file, from 1; 0 where the mapping was not read from JSON.
  public var line: Int
  /// The byte column of that line, from 1.
  public var column: Int
  /// What is wrong, and what would be right.
  public var reason: String

  /// A sentence for people.
  public var message: String {
    line > 0
      ? "the mapping's \(path) (line \(line), column \(column)): \(reason)"
      : "the mapping's \(path): \(reason)"
  }
}
