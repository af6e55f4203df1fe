public import Ledger

extension LedgerStatus {
  /// Writes positions, sizes and readers.
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("path", path)
      $0.field("id", id)
      $0.field("lastPosition", lastPosition)
      $0.field("viewsPosition", viewsPosition)
      $0.field("viewsSchema", viewsSchema)
      $0.field("logBytes", logBytes)
      $0.field("logMapBytes", logMapBytes)
      $0.field("viewsBytes", viewsBytes)
      $0.field("viewsMapBytes", viewsMapBytes)
      $0.field("readers", readers)
      $0.field("maxReaders", maxReaders)
    }
  }

  /// Appends the same for people.
  public func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    let lag = lastPosition - min(viewsPosition, lastPosition)
    var list = FieldList()
    list.add("Ledger", path)
    list.add("ID", id)
    list.add("Last position", HumanText.number(lastPosition))
    list.add(
      "Views", lag == 0 ? "current (schema \(viewsSchema))" : HumanText.count(lag, "position") + " behind",
      lag == 0 ? .good : .waiting)
    list.add("Log", "\(HumanText.size(logBytes)) used of a map of \(HumanText.size(logMapBytes))")
    list.add("Views' size", "\(HumanText.size(viewsBytes)) used of a map of \(HumanText.size(viewsMapBytes))")
    if lastPosition > 0 {
      let each = (logBytes + viewsBytes) / max(1, Int(clamping: lastPosition))
      list.add("Per position", "\(each) bytes, log and views")
    }
    list.add("Readers", "\(readers) of \(maxReaders)")
    list.write(to: &bytes, appearance)
  }
}
