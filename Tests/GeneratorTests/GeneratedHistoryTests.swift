import HistoryModel
import Testing
import WorkloadModel

/// Everything of one generated history: its events, what the model says of them, and their lines.
struct GeneratedHistory {
  var events: [ProposedEvent] = []
  var reports: [HistoryModel.Report] = []
  var lines: [UInt8] = []
  var batch = EventBatch()
  var model: HistoryModel

  init(_ options: HistoryOptions) {
    model = HistoryModel(options)
    var writer = EventLines()
    while model.next(into: &batch) {
      let event = batch.events[batch.events.count - 1]
      writer.append(event, model.lastReport, in: batch)
      reports.append(model.lastReport)
    }
    events = batch.events
    lines = writer.bytes
  }

  /// FNV-1a of the lines: enough to notice that a byte changed.
  var hash: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in lines { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }
}

struct `A generated history` {
  static let history = GeneratedHistory(HistoryOptions(events: 20_000))
  var history: GeneratedHistory { Self.history }

  @Test func `has the same bytes for ever`() {
    let history = GeneratedHistory(HistoryOptions(events: 10_000, seed: 42))
    let hash = String(history.hash, radix: 16)
    #expect(hash == "c7f2e765f7763646", "a changed generator makes other histories from old seeds")
  }

  @Test func `differs from seed to seed`() {
    let one = GeneratedHistory(HistoryOptions(events: 200, seed: 1))
    let same = GeneratedHistory(HistoryOptions(events: 200, seed: 1))
    let other = GeneratedHistory(HistoryOptions(events: 200, seed: 2))
    #expect(one.lines == same.lines)
    #expect(one.lines != other.lines)
  }

  @Test(arguments: [1, 2, 999, 20_000]) func `has as many events as were asked for`(count: Int) {
    let history = GeneratedHistory(HistoryOptions(events: count))
    #expect(history.events.count == count)
    #expect(history.lines.count { $0 == UInt8(ascii: "\n") } == count)
  }

  @Test func `survives that its reader takes a new batch`() {
    let options = HistoryOptions(events: 500)
    var model = HistoryModel(options)
    var lines: [UInt8] = []
    var batch = EventBatch()
    var writer = EventLines()
    while model.next(into: &batch) {
      writer.append(batch.events[0], model.lastReport, in: batch)
      lines += writer.bytes
      batch = EventBatch()
      writer = EventLines()
    }
    #expect(lines == GeneratedHistory(options).lines)
  }

  @Test func `comes in the order of its reports, numbered from 1, nothing before it occurred`() {
    var last = Timestamp.earliest
    for (index, (event, report)) in zip(history.events, history.reports).enumerated() {
      #expect(event.identity == .number(UInt64(index + 1)))
      #expect(event.intent == .observation)
      #expect(last <= report.reportedAt && event.occurredAt <= report.reportedAt)
      last = report.reportedAt
    }
  }

  @Test func `has every kind of event and every type`() {
    #expect(Set(history.events.map(\.kind)) == Set(EventKind.allCases))
    #expect(Set(history.events.compactMap(\.type)) == Set(WorkloadType.allCases))
    #expect(Set(history.reports.compactMap(\.anomaly)) == Set(Anomaly.allCases))
    #expect(Set(history.events.map(\.project)).count > 3)
    #expect(Set(history.events.map(\.cluster)).count == 6, "five, and none where it does not matter")
  }

  @Test(arguments: [1000, 20_000]) func `ends with workloads of every status`(count: Int) {
    let history = GeneratedHistory(HistoryOptions(events: count))
    var ledger = SmallLedger()
    for event in history.events { _ = ledger.observe(event) }
    let missing = Set(WorkloadStatus.allCases).subtracting(ledger.statuses)
    #expect(missing.isEmpty)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `contradicts the table only where it says so`(seed: UInt64) {
    let history = GeneratedHistory(HistoryOptions(events: 20_000, seed: seed))
    var ledger = SmallLedger()
    var versions: [WorkloadID: UInt32] = [:]
    for (event, report) in zip(history.events, history.reports) {
      let expected = ledger.observe(event)
      #expect(report.anomaly == expected, "\(event.kind) of \(event.subject), seed \(seed)")
      if event.kind.isOfWorkload { versions[event.subject, default: 0] += 1 }
      #expect(report.version == versions[event.subject, default: 0])
    }
    #expect(ledger.unknownSubjects == 0)
    let anomalies = history.reports.count { $0.anomaly != nil }
    #expect((20...400).contains(anomalies))
  }
}

struct `What is typical of clusters` {
  static let history = GeneratedHistory(HistoryOptions(events: 100_000))
  private func count(_ matches: (ProposedEvent) -> Bool) -> Double {
    Double(zip(Self.history.events, Self.history.reports).count { $1.anomaly == nil && matches($0) })
  }

  @Test func `half the runs complete and a third is terminated, as in the traces`() {
    let completed = count { $0.kind == .completed }
    let failed = count { $0.kind == .failed }
    let terminated = count { $0.kind == .terminated }
    let ended = completed + failed + terminated
    #expect((0.50...0.62).contains(completed / ended))
    #expect((0.32...0.44).contains(terminated / ended))
    #expect((0.02...0.10).contains(failed / ended))
  }

  @Test func `GPU sizes are those of openb`() {
    let created = count { $0.kind == .created }
    #expect((0.10...0.18).contains(count { $0.kind == .created && $0.resources.gpuMilli == 0 } / created))
    let fractions = count { $0.kind == .created && (1...999).contains($0.resources.gpuMilli) }
    #expect((0.33...0.45).contains(fractions / created))
    #expect((0.35...0.48).contains(count { $0.kind == .created && $0.resources.gpuMilli == 1000 } / created))
    let sizes = Set(Self.history.events.filter { $0.kind == .created }.map { $0.resources.gpuMilli })
    #expect(sizes.filter { $0 >= 1000 } == Set([1000, 2000, 4000, 8000]))
  }

  @Test func `a few users have most of the workloads`() {
    var owners: [NameReference: Int] = [:]
    for event in Self.history.events where event.kind == .created { owners[event.owner, default: 0] += 1 }
    let sorted = owners.values.sorted(by: >)
    let total = Double(sorted.reduce(0, +))
    #expect((0.08...0.25).contains(Double(sorted[0]) / total))
    #expect((0.35...0.65).contains(Double(sorted.prefix(10).reduce(0, +)) / total))
  }

  @Test func `days are busier than nights and weekdays than weekends`() {
    var hours = [Int](repeating: 0, count: 24)
    var days = [Int](repeating: 0, count: 7)
    for event in Self.history.events where event.kind == .created {
      let hour = event.occurredAt.microseconds / 3_600_000_000
      hours[Int(hour % 24)] += 1
      days[Int((hour / 24 + 3) % 7)] += 1
    }
    #expect(hours[9...15].reduce(0, +) > 3 * hours[0...6].reduce(0, +))
    #expect(days[0...4].min() ?? 0 > days[5...6].max() ?? 0)
  }

  @Test func `a workload has 5 to 6 events, and some reports come late`() {
    let workloads = count { $0.kind == .created }
    #expect((5.0...6.0).contains(100_000 / workloads))
    let late = zip(Self.history.events, Self.history.reports).count {
      $1.anomaly == nil && $1.reportedAt.microseconds - $0.occurredAt.microseconds > 60_000_000
    }
    #expect((300...3000).contains(late))
  }
}

struct `The model's memory` {
  @Test func `follows what is live and not how long the history is`() {
    // Ten times the time with ten times the events is the same cluster for longer.
    var slots: [Int] = []
    for (events, days) in [(30_000, 30), (300_000, 300)] {
      var model = HistoryModel(HistoryOptions(events: events, projects: 8, users: 200, days: days))
      var batch = EventBatch()
      while model.next(into: &batch) {
        #expect(model.queueCount == model.liveCount)
        batch.removeEvents()
      }
      slots.append(model.slotCount)
    }
    #expect(slots[1] < slots[0] * 2, "\(slots)")
    #expect(slots[1] < 3000, "\(slots)")
  }
}

struct `Options of a history` {
  @Test func `are refused where they make no sense`() {
    #expect(HistoryOptions(events: 0).flaw?.hasPrefix("events must be") == true)
    #expect(HistoryOptions(events: 10, projects: 5, users: 4).flaw?.hasPrefix("users must be 5") == true)
    #expect(HistoryOptions(events: 10, projects: 0).flaw?.hasPrefix("projects must be") == true)
    #expect(HistoryOptions(events: 10, days: 0).flaw?.hasPrefix("days must be") == true)
    #expect(HistoryOptions(events: 10, start: .earliest).flaw?.hasPrefix("the start must be") == true)
    for events in [1, 1000, 1_000_000, 100_000_000] { #expect(HistoryOptions(events: events).flaw == nil) }
  }
}
