public import Ledger
import WorkloadModel

extension Event {
  /// Writes the event as CloudEvents JSON: what `history -o ndjson` prints and an import reads.
  ///
  /// The order of the keys is fixed (schemas/events), so that the same event is always the same bytes.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.key("specversion")
    json.string("1.0")
    json.field("id", id)
    json.field("source", source)
    json.field("type", kind.cloudEventType)
    json.field("subject", subject)
    json.field("time", occurredAt)
    json.key("datacontenttype")
    json.string("application/json")
    json.field("position", position)
    json.field("recordedtime", recordedAt)
    json.key("data")
    json.beginObject()
    writeCommonData(to: &json)
    writeDetail(to: &json)
    json.endObject()
    json.endObject()
  }

  private func writeCommonData(to json: inout JSONWriter) {
    json.field("actor", actor ?? "unknown")
    json.field("reporter", reporter ?? "unknown")
    // A workload that a report came of first may be of no project that is known.
    json.field("project", project ?? (kind.isOfWorkload ? "unknown" : nil))
    json.field("version", version)
    json.field("applied", isApplied)
    json.field("observed", isObserved)
    if !isApplied { json.field("anomaly", anomaly?.label) }
    if isImplied { json.field("implied", true) }
    if timeIsBound { json.field("timeBound", "atOrBefore") }
    json.field("reason", reason)
  }

  private func writeDetail(to json: inout JSONWriter) {
    switch detail {
    case .none: break
    case .created(let creation): creation.write(to: &json)
    case .refused(let command): json.field("command", command.cloudEventType)
    case .member(let member): json.field("member", member)
    case .quota(let owner, let limits):
      json.field("owner", owner)
      json.field("limits", limits)
    }
  }
}

extension Event.Creation {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("name", name)
    json.field("type", type?.label)
    json.field("cluster", cluster)
    json.field("owner", owner)
    json.field("resources", resources)
    json.field("url", url)
    json.field("sourceID", sourceID)
    writeLabels(labels, to: &json)
  }
}

/// `"labels":{…}`, where there are any.
func writeLabels(_ labels: [Workload.Label], to json: inout JSONWriter) {
  guard !labels.isEmpty else { return }
  json.key("labels")
  writeLabelValues(labels, to: &json)
}

/// The labels as an object.
func writeLabelValues(_ labels: [Workload.Label], to json: inout JSONWriter) {
  json.beginObject()
  for label in labels {
    json.key(label.key)
    json.string(label.value)
  }
  json.endObject()
}
