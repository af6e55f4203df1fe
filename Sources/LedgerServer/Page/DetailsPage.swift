import Ledger
import Presentation
import WorkloadModel

/// The page of one workload.
struct DetailsPage {
  var details: WorkloadDetails
  var moment: Moment
  /// Who looks at it.
  var identity: Identity
  /// When the status was read.
  var readAt: Timestamp
  /// Up to when what runs has run: now, or the moment that was asked for.
  var end: Timestamp

  private var workload: Workload { details.workload }

  var values: PageValues {
    let path = PageAddress.workload(workload.id)
    var values: PageValues = [
      "title": "\(workload.status.label): \(workload.name)", "name": workload.name, "path": path,
      "status": workload.status.label, "statusClass": PageText.styleClass(workload.status),
      "refresh": PageAddress.workload(workload.id, at: moment),
      "evidence": PageAddress.evidence(for: workload.id), "filter": PageText.fields(moment),
      "place": [
        ["text": workload.project, "address": PageAddress.workloads(of: workload.project)],
        ["text": workload.name],
      ],
      "fields": fields, "steps": steps, "hasBar": !bar.isEmpty, "bar": bar,
      "timeline": details.timeline.map(row),
    ]
    values["readAt"] = PageText.time(readAt)
    values["workspace"] = PageText.workspace(workload)
    if DeletePage.isOffered(workload, at: moment, to: identity) {
      values["delete"] = PageAddress.deletion(of: workload.id)
    }
    values["past"] = PageText.past(moment, asOf: nil, now: path)
    return values
  }

  private var fields: [PageValues] {
    let fields: [(String, String?)] = [
      ("ID", workload.id.description), ("Type", workload.type?.label ?? "unknown"),
      ("Reason", workload.statusReason),
      ("Since", workload.statusSince.flatMap { $0.isValid ? PageText.words($0) : nil }),
      ("Project", workload.project), ("Cluster", workload.cluster), ("Owner", workload.owner),
      ("CPU", Quantity.text(thousandths: workload.resources.cpuMillicores)),
      ("Memory", Quantity.text(bytes: workload.resources.memoryBytes)),
      ("GPUs", Quantity.text(thousandths: workload.resources.gpuMilli)),
      ("Created by", workload.createdBy ?? "unknown"), ("Address", workload.url),
      ("Labels", workload.labels.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")),
      ("Source ID", workload.sourceID), ("Attempt", String(workload.attempt)),
      ("Version", String(workload.version)), ("Last position", String(workload.lastPosition)),
      ("Run time", PageText.runTime(workload, now: end)),
    ]
    return fields.compactMap { label, value in
      guard let value, !value.isEmpty else { return nil }
      return ["label": label, "value": value]
    }
  }

  private var steps: [PageValues] {
    details.steps.map { step in
      var values: PageValues = [
        "label": step.label, "actor": step.actor, "hasReporter": step.reporter != nil,
        "reporter": step.reporter ?? "",
      ]
      values["time"] = PageText.time(step.time)
      return values
    }
  }

  /// The statuses side by side, in thousandths of the whole; each wide enough to be seen.
  private var bar: [PageValues] {
    let parts = details.timePerStatus.filter { $0.microseconds > 0 }
    let whole = parts.reduce(0.0) { $0 + Double($1.microseconds) }
    guard whole > 0 else { return [] }
    var start = 0
    return parts.enumerated().map { index, part in
      let left = 1000 - start - 4 * (parts.count - index - 1)
      let share = Double(part.microseconds) / whole
      let width = index == parts.count - 1 ? left : min(left, max(4, Int(share * 1000)))
      defer { start += width }
      return [
        "start": start, "width": width, "statusClass": PageText.styleClass(part.status),
        "status": part.status.label, "duration": HumanText.duration(microseconds: part.microseconds),
        "share": share < 0.01 ? "below 1 %" : "\(Int(share * 100)) %",
      ]
    }
  }

  private func row(_ event: Event) -> PageValues {
    var values = PageText.row(event)
    values["asOf"] = PageAddress.workload(workload.id, at: Moment(asOf: .position(event.position)))
    return values
  }
}
