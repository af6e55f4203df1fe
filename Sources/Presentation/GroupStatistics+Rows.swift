package import Ledger
import WorkloadModel

extension GroupStatistics {
  /// Appends a table of the groups and the total below them, or of the total alone all numbers under one another.
  package func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    guard let grouping else { return writeTotal(to: &bytes, appearance) }
    let numbers = NumberColumn.all.filter { appearance.isWide || $0.isUsual }
    var columns = [Table.Column(grouping.rawValue.uppercased(), priority: 0, minimum: 10)]
    columns += numbers.enumerated().map {
      Table.Column($1.name.uppercased(), priority: $0 + 1, minimum: 7, numeric: true)
    }
    var table = Table(columns, appearance)
    func row(_ name: Table.Cell, _ values: StatisticsNumbers) -> [Table.Cell] {
      [name] + numbers.map { Table.Cell($0.text(values)) }
    }
    var rows = groups.map { row(Table.Cell($0.name), $0.numbers) }
    if groups.count > 1 { rows.append(row(Table.Cell("total", .strong), total)) }
    table.write(rows, to: &bytes)
  }

  private func writeTotal(to bytes: inout [UInt8], _ appearance: Appearance) {
    var list = FieldList()
    for column in NumberColumn.all { list.add(column.name, column.text(total)) }
    list.write(to: &bytes, appearance)
  }

  /// Writes a record for each group, or one for the total alone where there is no grouping.
  package func write(to csv: inout CSVWriter) {
    csv.header((grouping.map { [$0.rawValue] } ?? []) + NumberColumn.all.map(\.csvTitle))
    func record(_ numbers: StatisticsNumbers) {
      for column in NumberColumn.all { csv.field(column.exact(numbers)) }
      csv.endRecord()
    }
    if grouping == nil { record(total) }
    for group in groups {
      csv.field(group.name)
      record(group.numbers)
    }
  }
}

/// A number as a column of tables and of CSV.
private struct NumberColumn {
  /// For lists: `Wait p50`.
  var name: String
  var csvTitle: String
  /// Whether tables have it that are not wide; those fit eighty columns.
  var isUsual: Bool
  /// For people.
  var text: (StatisticsNumbers) -> String?
  /// For programs.
  var exact: (StatisticsNumbers) -> String?

  static var all: [NumberColumn] {
    [
      count("Created", "created", \.created, isUsual: true), count("Started", "started", \.started),
      count("Completed", "completed", \.completed), count("Failed", "failed", \.failed, isUsual: true),
      count("Terminated", "terminated", \.terminated), count("Deleted", "deleted", \.deleted),
      count("Running", "running", \.running), count("Waiting", "waiting", \.waiting),
      NumberColumn(
        name: "Success", csvTitle: "successRate", isUsual: true,
        text: { $0.successMillionths.map(HumanText.percent(millionths:)) },
        exact: { $0.successMillionths.map { Self.decimal(millionths: Int64($0)) } }),
    ] + durations("Wait", "waitSeconds", \.wait, usual: ["p50", "p95"])
      + durations("Run", "runSeconds", \.runTime, usual: ["p50"]) + [
        hours("CPU-hours", "cpuHours", \.cpuMilliHours),
        hours("GiB-hours", "memoryGiBHours", \.memoryMilliGiBHours),
        hours("GPU-hours", "gpuHours", \.gpuMilliHours, isUsual: true),
      ]
  }

  private static func count(
    _ name: String, _ csvTitle: String, _ value: @escaping (StatisticsNumbers) -> Int, isUsual: Bool = false
  ) -> NumberColumn {
    NumberColumn(
      name: name, csvTitle: csvTitle, isUsual: isUsual, text: { HumanText.number(value($0)) },
      exact: { String(value($0)) })
  }

  private static func durations(
    _ name: String, _ csvTitle: String, _ value: @escaping (StatisticsNumbers) -> Percentiles?,
    usual: [String]
  ) -> [NumberColumn] {
    let percentiles: [(String, (Percentiles) -> Int64)] = [
      ("p50", \.p50), ("p90", \.p90), ("p95", \.p95), ("p99", \.p99),
    ]
    return percentiles.map { percentile, microseconds in
      NumberColumn(
        name: "\(name) \(percentile)", csvTitle: csvTitle + percentile.uppercased(),
        isUsual: usual.contains(percentile),
        text: { value($0).map { HumanText.duration(microseconds: microseconds($0)) } },
        exact: { value($0).map { Self.decimal(millionths: microseconds($0)) } })
    }
  }

  private static func hours(
    _ name: String, _ csvTitle: String, _ value: @escaping (StatisticsNumbers) -> Int64, isUsual: Bool = false
  ) -> NumberColumn {
    NumberColumn(
      name: name, csvTitle: csvTitle, isUsual: isUsual, text: { HumanText.hours(thousandths: value($0)) },
      exact: { Quantity.text(thousandths: value($0)) })
  }

  private static func decimal(millionths: Int64) -> String {
    var text = TextBuffer()
    text.append(millionths: millionths)
    return text.string
  }
}
