public import Ledger
import WorkloadModel

extension Workload {
  /// Writes the workload with the keys and the order of the command line's contract.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    writeFields(to: &json)
    json.endObject()
  }

  func writeFields(to json: inout JSONWriter) {
    json.field("id", id)
    json.field("name", name)
    json.field("type", type?.label)
    json.field("status", status.label)
    json.field("statusReason", statusReason)
    json.field("project", project)
    json.field("cluster", cluster)
    json.field("owner", owner)
    json.field("resources", resources)
    json.field("url", url)
    writeLabels(labels, to: &json)
    json.field("sourceID", sourceID)
    json.field("attempt", attempt)
    json.field("version", version)
    json.field("createdAt", createdAt)
    json.field("createdBy", createdBy)
    json.field("queuedAt", queuedAt)
    json.field("startedAt", startedAt)
    json.field("finishedAt", finishedAt)
    json.field("deleteRequestedAt", deleteRequestedAt)
    json.field("deleteRequestedBy", deleteRequestedBy)
    json.field("deletedAt", deletedAt)
    json.field("deletedBy", deletedBy)
    json.field("lastPosition", lastPosition)
  }
}

extension WorkloadPage {
  /// Writes `{"items":[…],"total":N,"nextPageToken":"…"}`; the last page has no token.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.key("items")
    json.beginArray()
    for item in items { item.write(to: &json) }
    json.endArray()
    json.field("total", total)
    json.field("nextPageToken", nextPageToken)
    json.field("asOf", asOf)
    json.field("at", at)
    json.endObject()
  }
}

extension WorkloadDetails {
  /// Writes the workload's own keys, then since when its status holds, its time in each status in seconds,
  /// and its events, oldest first.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    workload.writeFields(to: &json)
    json.field("statusSince", workload.statusSince)
    json.key("timePerStatus")
    json.beginArray()
    for duration in timePerStatus {
      json.object {
        $0.field("status", duration.status.label)
        $0.field("seconds", secondsOf: duration.microseconds)
      }
    }
    json.endArray()
    json.key("timeline")
    json.beginArray()
    for event in timeline { event.write(to: &json) }
    json.endArray()
    json.endObject()
  }
}
