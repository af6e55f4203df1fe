import Exchange
import Presentation
import WorkloadModel

extension ImportReport {
  func writeText(to bytes: inout [UInt8], _ appearance: Appearance, dryRun: Bool) {
    var list = FieldList()
    list.add("Lines", HumanText.number(lines))
    list.add("Events", HumanText.number(proposed))
    list.add(dryRun ? "Would append" : "Appended", HumanText.number(appendedTotal))
    for kind in EventKind.allCases {
      if let count = appended[kind] { list.add("  \(kind.label)", HumanText.number(count)) }
    }
    list.add("Known already", HumanText.number(duplicates))
    for anomaly in Anomaly.allCases {
      if let count = anomalies[anomaly] { list.add("Not applied, \(anomaly.label)", HumanText.number(count)) }
    }
    if eventlessRows > 0 { list.add("Rows without events", HumanText.number(eventlessRows)) }
    list.add("Conflicts", conflicts == 0 ? nil : HumanText.number(conflicts), .bad)
    list.add("Refused", refused == 0 ? nil : HumanText.number(refused), .bad)
    list.add("Rejected lines", HumanText.number(rejected), rejected == 0 ? .plain : .bad)
    if dryRun { list.add("Dry run", "nothing was written") }
    list.write(to: &bytes, appearance)
  }

  func write(to json: inout JSONWriter, dryRun: Bool) {
    json.object {
      $0.field("dryRun", dryRun)
      $0.field("lines", lines)
      $0.field("events", proposed)
      $0.field("appended", appendedTotal)
      $0.key("appendedByType")
      $0.object { object in
        for kind in EventKind.allCases {
          if let count = appended[kind] {
            object.key(kind.cloudEventType)
            object.number(count)
          }
        }
      }
      $0.field("duplicates", duplicates)
      $0.key("anomalies")
      $0.object { object in
        for anomaly in Anomaly.allCases {
          if let count = anomalies[anomaly] {
            object.key(anomaly.label)
            object.number(count)
          }
        }
      }
      $0.field("eventlessRows", eventlessRows)
      $0.field("conflicts", conflicts)
      $0.field("refused", refused)
      $0.field("rejected", rejected)
    }
  }
}
