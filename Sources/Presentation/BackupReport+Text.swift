import Evidence
package import Ledger

extension BackupReport {
  /// Writes what the backup is of.
  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("records", head.size)
      $0.field("root", head.root.base64)
      $0.field("lastRecordedAt", lastRecordedAt)
      $0.field("names", names)
      $0.field("checkpoints", checkpoints)
      $0.field("tokens", tokens)
      $0.field("written", written)
      $0.field("events", events)
    }
  }

  /// Appends the same for people.
  package func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    var list = FieldList()
    list.add("Ledger", id)
    list.add("Records", HumanText.number(head.size))
    list.add("  new", written.map { HumanText.number($0) })
    list.add("  events", events.map { HumanText.number($0) })
    list.add("Last one", "recorded " + lastRecordedAt)
    list.add("Root", head.root.base64)
    list.add("Names", HumanText.number(names))
    list.add("Checkpoints", HumanText.number(checkpoints))
    list.add("Tokens", HumanText.number(tokens))
    list.write(to: &bytes, appearance)
  }
}
