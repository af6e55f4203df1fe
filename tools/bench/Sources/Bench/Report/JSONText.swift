/// The figures as one JSON document, for tools that compare runs.
enum JSONText {
  static func document(_ figures: [Figure], machine: Machine, seconds: Double) -> String {
    let head = [
      "\"machine\":\(quoted(machine.processor))", "\"cores\":\(machine.cores)",
      "\"memoryBytes\":\(machine.memoryBytes)", "\"fileSystem\":\(quoted(machine.fileSystem))",
      "\"sqlite\":\(quoted(machine.sqliteVersion))", "\"lmdb\":\(quoted(machine.lmdbVersion))",
      "\"seconds\":\(number(seconds))",
    ]
    let body = figures.map { "    " + object($0) }.joined(separator: ",\n")
    return "{\(head.joined(separator: ",")),\n  \"figures\":[\n\(body)\n  ]}\n"
  }

  private static func object(_ figure: Figure) -> String {
    var fields = [
      "\"name\":\(quoted(figure.name))", "\"size\":\(figure.size)",
      "\"unit\":\(quoted(figure.unit.rawValue))", "\"ours\":\(number(figure.ours))",
    ]
    if let floor = figure.floor { fields.append("\"floor\":\(number(floor))") }
    if let ratio = figure.ratio(to: figure.floor) { fields.append("\"timesFloor\":\(number(ratio))") }
    if let peer = figure.peer { fields.append("\"sqlite\":\(number(peer))") }
    if let ratio = figure.ratio(to: figure.peer) { fields.append("\"timesSQLite\":\(number(ratio))") }
    if let target = figure.target {
      fields.append("\"target\":\(quoted(target.text)),\"isMet\":\(target.isMet)")
    }
    if let note = figure.note { fields.append("\"note\":\(quoted(note))") }
    return "{\(fields.joined(separator: ","))}"
  }

  /// JSON knows no infinity and no NaN.
  private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
