/// A word that a column must have for a rule to hold.
///
/// A row fails most rules of a mapping, and mostly by one word: comparing that as numbers spares them the way through
/// their conditions.
struct RuleGuard: BitwiseCopyable {
  private var column: Mapping.ColumnSlot
  private var word: Word

  /// Nil where the condition does not depend on one word.
  init?(_ condition: Mapping.Condition?) {
    switch condition {
    case .isText(let column, let texts):
      guard let text = texts.only, !text.isEmpty, text.count <= Word.limit else { return nil }
      self.column = column
      word = Word(text)
    case .all(let parts):
      guard let first = parts.lazy.compactMap({ RuleGuard($0) }).first else { return nil }
      self = first
    case .isNumber, .isBetween, .isEmpty, .any, .not, .isFirstOfSubject, nil: return nil
    }
  }

  /// Whether the rule can hold for a row; its condition must be asked then.
  @inline(__always)
  func admits(_ row: borrowing CSVReader, _ places: [Int]) -> Bool {
    let field = row.fields[places[column]]
    if field.isInScratch { return true }
    let count = field.end - field.start
    return count <= Word.limit && Word(row.window.bytes.span, field.start, count) == word
  }
}
