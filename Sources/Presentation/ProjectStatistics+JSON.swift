public import Ledger
import WorkloadModel

extension ProjectStatistics {
  /// Writes the span and its buckets; a bucket that nothing was started in has no wait.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("project", project)
      json.field("since", since)
      json.field("until", until)
      json.field("bucketSeconds", secondsOf: bucketWidth)
      json.field("position", position)
      json.key("buckets")
      json.array { array in
        for bucket in buckets { bucket.write(to: &array) }
      }
    }
  }
}

extension ProjectStatistics.Bucket {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("start", start)
      json.field("end", end)
      json.counts(of: numbers)
      if let wait = numbers.wait {
        json.key("waitSeconds")
        json.object {
          $0.field("p50", secondsOf: wait.p50)
          $0.field("p95", secondsOf: wait.p95)
        }
      }
      json.field("cpuHours", thousandths: numbers.cpuMilliHours)
      json.field("gpuHours", thousandths: numbers.gpuMilliHours)
    }
  }
}

extension JSONWriter {
  /// How many things happened, and how many lasted at the end.
  mutating func counts(of numbers: StatisticsNumbers) {
    field("created", numbers.created)
    field("started", numbers.started)
    field("completed", numbers.completed)
    field("failed", numbers.failed)
    field("terminated", numbers.terminated)
    field("deleted", numbers.deleted)
    field("running", numbers.running)
    field("waiting", numbers.waiting)
  }
}
