import Evidence
import WorkloadModel

extension EvidenceReport {
  /// Appends what was proven, the records, and what was not.
  package func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    var list = FieldList()
    list.add("Log", checkpoint.origin)
    list.add("Records", HumanText.number(checkpoint.head.size))
    list.add("Root", checkpoint.head.root.base64)
    list.add("Signed by", log.description, .good)
    for signature in cosignatures {
      list.add("Cosigned", "\(HumanText.time(signature.moment)) by \(signature.key.name)", .good)
    }
    if hasPolicy { list.add("Policy", "met", .good) }
    if case .bundle(let checked) = content { list.add("Question", checked.bundle.question) }
    for sentence in proven { list.add("Proven", sentence, .strong) }
    for sentence in notProven { list.add("Not proven", sentence) }
    list.write(to: &bytes, appearance)
    let rows = EvidenceRow.rows(self)
    guard !rows.isEmpty else { return }
    bytes.append(UInt8(ascii: "\n"))
    let length = appearance.isWide ? 36 : ShortID.length(for: rows.compactMap(\.workload))
    var table = Table(EvidenceRow.columns(idLength: length), appearance)
    table.write(rows.map { $0.cells(idLength: length) }, to: &bytes)
  }
}

extension VerifiedSignature {
  /// When a witness cosigned; nil for what is no time of ours.
  var moment: Timestamp? {
    time.flatMap { Int64(exactly: $0) }.flatMap { seconds in
      let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
      let time = Timestamp(microseconds: microseconds)
      return overflow || !time.isValid ? nil : time
    }
  }
}

extension EvidenceRow {
  static func columns(idLength: Int) -> [Table.Column] {
    [
      Table.Column("POSITION", priority: 2, minimum: 8, numeric: true),
      Table.Column("TIME", priority: 1, minimum: 20), Table.Column("EVENT", priority: 0, minimum: 10),
      Table.Column("WORKLOAD", priority: 3, minimum: idLength),
      Table.Column("ACTOR", priority: 4, minimum: 6),
      Table.Column("REPORTER", priority: 6, minimum: 6, optional: true),
      Table.Column("PROJECT", priority: 5, minimum: 7, optional: true),
    ]
  }

  func cells(idLength: Int) -> [Table.Cell] {
    [
      Table.Cell(String(position), .faint),
      Table.Cell(HumanText.time(Timestamp(microseconds: facts.occurredAt))),
      Table.Cell(
        event.map { $0.label + (isApplied || $0 == .actionRefused ? "" : " (not applied)") } ?? type),
      Table.Cell(workload.map { String($0.description.prefix(idLength)) }, .faint),
      Table.Cell(event == nil ? nil : text(facts.actor)),
      Table.Cell(event == nil ? nil : text(facts.reporter)),
      Table.Cell(facts.project == 0 ? nil : text(facts.project)),
    ]
  }
}
