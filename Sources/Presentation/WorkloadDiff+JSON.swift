public import Ledger
import WorkloadModel

extension WorkloadDiff {
  /// Writes what happened to a workload: its id, name and project, and the whole workload where it was created, or
  /// else each field that became other.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("change", kind.rawValue)
      json.field("id", after.id)
      json.field("name", after.name)
      json.field("project", after.project)
      if before == nil {
        json.field("position", stream)
        json.field("by", after.createdBy ?? "unknown")
        json.key("workload")
        after.write(to: &json)
        return
      }
      json.key("fields")
      json.array { json in
        for change in fields { change.write(to: &json) }
      }
    }
  }
}

extension WorkloadDiff.FieldChange {
  /// Writes a field with its value before and after, where there is one, and who changed it at which position.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("field", field.rawValue)
      if let from {
        json.key("from")
        from.write(to: &json)
      }
      if let to {
        json.key("to")
        to.write(to: &json)
      }
      json.field("by", by ?? "unknown")
      json.field("position", position)
    }
  }
}
