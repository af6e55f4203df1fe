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
      json.field("created", created)
      json.field("started", started)
      json.field("completed", completed)
      json.field("failed", failed)
      json.field("terminated", terminated)
      json.field("deleted", deleted)
      json.field("running", running)
      json.field("waiting", waiting)
      if let wait {
        json.key("waitSeconds")
        json.object {
          $0.field("p50", secondsOf: wait.p50)
          $0.field("p95", secondsOf: wait.p95)
        }
      }
      json.field("cpuHours", thousandths: cpuMilliHours)
      json.field("gpuHours", thousandths: gpuMilliHours)
    }
  }
}
