public import Ledger
import WorkloadModel

extension GroupStatistics {
  /// Writes the span, the total, and the groups where there is a grouping.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("by", grouping?.rawValue)
      json.key("projects")
      json.array { array in for project in projects { array.string(project) } }
      json.field("since", since)
      json.field("until", until)
      json.field("position", position > 0 ? position : nil)
      json.key("total")
      json.object { $0.numbers(total) }
      guard grouping != nil else { return }
      json.key("groups")
      json.array { array in
        for group in groups { group.write(to: &array) }
      }
    }
  }

  /// Writes a group a line, or the total alone where there is no grouping.
  public func writeLines(to json: inout JSONWriter) {
    if grouping == nil {
      json.object { $0.numbers(total) }
      json.newline()
    }
    for group in groups {
      group.write(to: &json)
      json.newline()
    }
  }
}

extension GroupStatistics.Group {
  fileprivate func write(to json: inout JSONWriter) {
    json.object {
      $0.field("group", name)
      $0.numbers(numbers)
    }
  }
}

extension JSONWriter {
  /// All numbers; a rate and durations of nothing are left out.
  fileprivate mutating func numbers(_ numbers: StatisticsNumbers) {
    counts(of: numbers)
    if let success = numbers.successMillionths {
      key("successRate")
      millionths(Int64(success))
    }
    percentiles("waitSeconds", numbers.wait)
    percentiles("runSeconds", numbers.runTime)
    field("cpuHours", thousandths: numbers.cpuMilliHours)
    field("memoryGiBHours", thousandths: numbers.memoryMilliGiBHours)
    field("gpuHours", thousandths: numbers.gpuMilliHours)
  }

  private mutating func percentiles(_ key: StaticString, _ percentiles: Percentiles?) {
    guard let percentiles else { return }
    self.key(key)
    object {
      $0.field("p50", secondsOf: percentiles.p50)
      $0.field("p90", secondsOf: percentiles.p90)
      $0.field("p95", secondsOf: percentiles.p95)
      $0.field("p99", secondsOf: percentiles.p99)
    }
  }
}
