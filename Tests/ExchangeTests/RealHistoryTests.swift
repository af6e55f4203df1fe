import Exchange
import Glibc
import Testing
import WorkloadModel

/// The two real data sets give the numbers that their pages say, without code of their own.
struct `Importing real histories` {
  private struct Identity: Hashable {
    var subject: WorkloadID
    var kind: EventKind
    var time: Timestamp
  }

  @Test(.enabled(if: sharedData != nil))
  func `openb gives its 41,925 events`() throws {
    let mapping = try exampleMapping("openb")
    let collector = Collector()
    var identities: Set<Identity> = []
    collector.look = { event, _ in
      identities.insert(Identity(subject: event.subject, kind: event.kind, time: event.occurredAt))
    }
    let report = try Importer.importCSV(
      from: [.file((sharedData ?? "") + "/openb/openb_pod_list_default.csv")], mapping: mapping,
      options: ImportOptions(reporter: "test", importer: "test"), into: collector.append)
    #expect(
      collector.counts == [
        .created: 8152, .queued: 8152, .started: 7255, .completed: 192, .failed: 1870,
        .deleteRequested: 8152, .deleted: 8152,
      ])
    #expect(report.lines == 8152)
    #expect(report.appendedTotal == 41_925)
    #expect(report.rejected == 0 && report.eventlessRows == 0)
    #expect(identities.count == 41_925, "no two events are taken for one")
    let id = WorkloadID(source: Array("openb".utf8), sourceID: Array("openb-pod-0001".utf8))
    let first = collector.items.filter { $0.subject == id }
    let common = "id=content source=openb actor=openb-scheduler reporter=test project=LS"
    #expect(
      first.map(\.event) == [
        "workload.created \(id) 2023-01-05T22:37:41Z \(common) cluster=openb owner=openb-scheduler"
          + " type=Inference resources=6000/12884901888/460 name='openb-pod-0001' sourceID='openb-pod-0001'",
        "workload.queued \(id) 2023-01-05T22:37:41Z \(common)",
        "workload.started \(id) 2023-01-05T22:37:41Z \(common)",
        "workload.deleterequested \(id) 2023-05-30T08:09:20Z \(common)",
        "workload.deleted \(id) 2023-05-30T08:09:20Z \(common)",
      ])
    #expect(first.allSatisfy { $0.line == 3 })
  }

  @Test(.enabled(if: sharedData != nil))
  func `the Borg cell gives its 415,268 events`() throws {
    let mapping = try exampleMapping("google-borg-2011")
    let folder = (sharedData ?? "") + "/google-borg-2011-job-events"
    let parts = (0..<80).map { number in
      let digits = String(number)
      return folder + "/part-" + String(repeating: "0", count: 5 - digits.count) + digits + "-of-00500.csv.gz"
    }
    let collector = Collector()
    collector.keepsItems = false
    var identities: Set<Identity> = []
    var reasons: [String: Int] = [:]
    var bounds: [EventKind: Int] = [:]
    collector.look = { event, batch in
      identities.insert(Identity(subject: event.subject, kind: event.kind, time: event.occurredAt))
      if event.kind == .terminated { reasons[batch.string(event.reason), default: 0] += 1 }
      if event.timeIsBound { bounds[event.kind, default: 0] += 1 }
    }
    let report = try Importer.importCSV(
      from: parts.map { .file($0) }, mapping: mapping,
      options: ImportOptions(reporter: "test", importer: "test"), into: collector.append)
    #expect(
      collector.counts == [
        .created: 104_827, .queued: 104_828, .started: 104_823, .completed: 59_641, .failed: 1389,
        .terminated: 39_754, .contactLost: 6,
      ])
    #expect(report.lines == 310_441)
    #expect(report.appendedTotal == 415_268)
    #expect(report.rejected == 0 && report.eventlessRows == 0)
    #expect(identities.count == 415_268, "no two events are taken for one")
    #expect(reasons == ["unknown": 39_743, "preemption": 11])
    #expect(bounds == [.created: 3986, .queued: 3986, .started: 3984, .contactLost: 6])
  }
}
