import Ledger
import Presentation
import WorkloadModel

/// What several pages show in the same way.
enum PageText {
  /// A time for people and for machines; nil where it is not known.
  static func time(_ time: Timestamp?) -> PageValues? {
    guard let time, time.isValid else { return nil }
    return ["machine": time.rfc3339, "text": words(time)]
  }

  /// `2023-07-01 08:30:00`: all pages are in UTC.
  static func words(_ time: Timestamp) -> String {
    String(HumanText.time(time).dropLast().map { $0 == "T" ? " " : $0 })
  }

  /// The class of a status's colour; its word always stands beside it.
  static func styleClass(_ status: WorkloadStatus) -> String {
    switch Style.of(status) {
    case .waiting: "wait"
    case .busy: "busy"
    case .good: "good"
    case .bad: "bad"
    case .plain, .strong, .faint: "gone"
    }
  }

  /// Where an Open Workspace leads; nil for other types, and for addresses that a browser must not be given.
  static func workspace(_ workload: Workload) -> String? {
    guard workload.type == .workspace, let url = workload.url, WebAddress.isValid(url) else { return nil }
    return url
  }

  /// How long the present attempt has run, or ran; nil where it did not start or its times are not known.
  static func runTime(_ workload: Workload, now: Timestamp) -> String? {
    guard let start = workload.startedAt, start.isKnown else { return nil }
    let end: Timestamp
    if let finish = workload.finishedAt, finish.isKnown, finish >= start {
      end = finish
    } else {
      guard workload.finishedAt == nil, workload.deletedAt == nil else { return nil }
      end = now
    }
    return HumanText.duration(microseconds: max(0, end.microseconds - start.microseconds))
  }

  /// A moment in words, and the address of the same page now; nil where it is now.
  static func past(_ moment: Moment, asOf: UInt64?, now address: String) -> PageValues? {
    if moment.isNow, asOf == nil { return nil }
    var parts: [String] = []
    switch moment.asOf {
    case .recorded(let time): parts.append("as the ledger knew it at " + HumanText.time(time))
    case .position(let position), .checkpoint(let position, _):
      parts.append("as the ledger knew it at position " + HumanText.number(position))
    case nil:
      if let asOf { parts.append("by what the ledger knew at position " + HumanText.number(asOf)) }
    }
    if let time = moment.at { parts.insert("what was true at " + HumanText.time(time), at: 0) }
    return ["what": parts.joined(separator: ", "), "now": address]
  }

  /// The ways between the pages of a project.
  static func tabs(_ project: String, _ current: PageAddress.ProjectPage) -> [PageValues] {
    PageAddress.ProjectPage.allCases.map {
      ["text": $0.title, "address": PageAddress.page($0, of: project), "isCurrent": $0 == current]
    }
  }

  /// Where a page of a project is.
  static func place(_ project: String, _ page: PageAddress.ProjectPage) -> [PageValues] {
    [["text": project, "address": PageAddress.workloads(of: project)], ["text": page.title]]
  }

  /// An event as a row of a table.
  static func row(_ event: Event) -> PageValues {
    var values: PageValues = [
      "position": event.position, "event": event.kind.label, "actor": event.actor ?? "unknown",
      "reporter": event.reporter ?? "unknown", "detail": event.detailText, "isBound": event.timeIsBound,
      "isBad": !event.isApplied || event.kind == .actionRefused,
    ]
    values["time"] = time(event.occurredAt)
    values["recorded"] = time(event.recordedAt)
    return values
  }

  /// The two fields of a moment.
  static func fields(_ moment: Moment) -> PageValues {
    ["asOf": PageAddress.asOf(moment) ?? "", "at": moment.at?.rfc3339 ?? ""]
  }
}
