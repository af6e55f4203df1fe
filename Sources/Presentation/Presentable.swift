/// Something that lists of it can be printed: as a table's row, a record of CSV and an object of JSON.
package protocol Presentable {
  /// The columns of a table; `context` says how much there is to show.
  static func columns(_ context: RowContext) -> [Table.Column]
  /// A row under those columns.
  func cells(_ context: RowContext) -> [Table.Cell]
  /// The titles of CSV.
  static var csvTitles: [String] { get }
  /// Writes one record of CSV.
  func write(to csv: inout CSVWriter)
  /// Writes one object of JSON.
  func write(to json: inout JSONWriter)
}

/// What the rows of one table have in common.
package struct RowContext: Sendable {
  /// Everything, not just what most people want.
  package var isWide = false
  /// How many characters of an id are shown; as many as tell the rows of one page apart.
  package var idLength = 36

  /// A context.
  package init(isWide: Bool = false, idLength: Int = 36) {
    self.isWide = isWide
    self.idLength = isWide ? 36 : idLength
  }
}
