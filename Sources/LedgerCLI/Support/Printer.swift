import Presentation
import WorkloadModel

/// Prints lists in the format that was asked for, as their items come.
struct Printer<Item: Presentable>: ~Copyable {
  private let format: OutputFormat
  private let ids: (Item) -> WorkloadID?
  private var waiting: [Item] = []
  private var table: Table?
  private var context = RowContext()
  private var json = JSONWriter()
  private var csv = CSVWriter()
  private var isStarted = false
  /// Keys around the array of JSON: `{"items":[…]}`; a bare array where false.
  private let isEnveloped: Bool

  /// A list in a format; `ids` are the workloads whose ids the table has to tell apart.
  init(_ format: OutputFormat, enveloped: Bool = true, ids: @escaping (Item) -> WorkloadID? = { _ in nil }) {
    self.format = format
    self.ids = ids
    isEnveloped = enveloped
  }

  /// Prints an item, now or a little later.
  mutating func add(_ item: Item) throws {
    switch format {
    case .table, .wide:
      waiting.append(item)
      if waiting.count >= 256 { try flush() }
    case .csv:
      if !isStarted { csv.header(Item.csvTitles) }
      item.write(to: &csv)
    case .ndjson:
      item.write(to: &json)
      json.newline()
    case .json:
      if !isStarted { beginJSON() }
      item.write(to: &json)
    }
    isStarted = true
    if json.text.count + csv.text.count >= 1 << 16 { try flush() }
  }

  /// Hands on what waits, for whoever follows.
  mutating func flush() throws {
    if !waiting.isEmpty {
      var bytes: [UInt8] = []
      if table == nil {
        context = RowContext(isWide: format == .wide, idLength: ShortID.length(for: waiting.compactMap(ids)))
        table = Table(Item.columns(context), System.appearance(isWide: format == .wide))
      }
      table?.write(waiting.map { $0.cells(context) }, to: &bytes)
      waiting.removeAll(keepingCapacity: true)
      try StandardOutput.write(bytes)
    }
    try StandardOutput.write(json.bytes)
    try StandardOutput.write(csv.bytes)
    json.removeAll()
    csv.removeAll()
  }

  /// Prints the rest; `more` adds keys after the items.
  mutating func finish(_ more: (inout JSONWriter) -> Void = { _ in }) throws {
    if format == .json {
      if !isStarted { beginJSON() }
      json.endArray()
      if isEnveloped {
        more(&json)
        json.endObject()
      }
      json.newline()
    }
    if format == .csv, !isStarted { csv.header(Item.csvTitles) }
    isStarted = true
    try flush()
  }

  private mutating func beginJSON() {
    if isEnveloped {
      json.beginObject()
      json.key("items")
    }
    json.beginArray()
  }
}

/// Prints one thing in the format that was asked for.
func printOne(
  _ format: OutputFormat, text: (inout [UInt8], Appearance) -> Void, json: (inout JSONWriter) -> Void
) throws {
  switch format {
  case .json, .ndjson:
    var writer = JSONWriter()
    json(&writer)
    writer.newline()
    try StandardOutput.write(writer.bytes)
  case .table, .wide, .csv:
    var bytes: [UInt8] = []
    text(&bytes, System.appearance(isWide: format == .wide))
    try StandardOutput.write(bytes)
  }
}
