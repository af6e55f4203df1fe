import Exchange
import Glibc
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Sorting and reading ahead` {
  private static let subject = "019b97ad-a27d-7210-be8c-86c936a86a72"

  /// Lines at random seconds, with texts of all kinds.
  private func lines(_ count: Int, _ random: inout SeededRandom) -> [String] {
    (0..<count).map { number in
      let time = Timestamp(microseconds: Int64(random.below(50)) * 1_000_000).rfc3339
      let actor = "actor-\(random.below(300))"
      let start =
        #"{"specversion":"1.0","id":"e\#(number)","source":"urn:s\#(random.below(3))","type":"#
        + #""workload.created","subject":"\#(Self.subject)","time":"\#(time)","data":{"actor":"\#(actor)","#
      return start
        + #""project":"p\#(random.below(9))","name":"n\#(number)","reason":"r","url":"https://x/\#(number)","#
        + #""sourceID":"s\#(number)","cluster":"c","owner":"o\#(random.below(99))","labels":{"l":"\#(number)"}}}"#
    }
  }

  @Test(arguments: [1 << 30, 200_000, 20_000, 1])
  func `a sort is stable and keeps everything, in memory and over spilled runs`(memory: Int) {
    var random = SeededRandom(seed: testSeed())
    let folder = TemporaryFolder()
    let parts = (0..<3).map { _ in lines(testRounds(4000), &random).joined(separator: "\n") }
    let sources = parts.enumerated().map {
      ByteSource.bytes(Array($0.element.utf8), name: "part-\($0.offset)")
    }
    var options = ImportRun.options
    let plain = ImportRun.cloudEvents(sources, options)
    options.sortsByTime = true
    options.sortMemory = memory
    options.sortDirectory = folder.path
    let sorted = ImportRun.cloudEvents(sources, options)
    #expect(sorted.failure == nil)
    let expected = plain.items.enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    #expect(sorted.items == expected)
    #expect(sorted.report == plain.report)
    #expect(sorted.batchSizes.allSatisfy { $0 <= 16_384 })
    #expect(rmdir(folder.path) == 0, "nothing is left in the folder")
  }

  @Test func `sorted rows keep the order of their events, and errors are told before`() throws {
    let mapping = try queueMapping(
      more: #","reporter":{"column":"who"}"#)
    var options = ImportRun.options
    options.sortsByTime = true
    let run = ImportRun.rows(
      "id,who,at\na,x,5\nb,y,3\nc,z,x\n", "id,who,at\nd,w,3\n", mapping: mapping, options: options)
    #expect(run.items.map(\.line) == [3, 2, 2])
    #expect(run.rejections.map(\.line) == [4])
  }

  @Test func `a folder that can't be written to is an error`() {
    var random = SeededRandom(seed: testSeed())
    var options = ImportRun.options
    options.sortsByTime = true
    options.sortMemory = 1
    options.sortDirectory = "/none"
    let run = ImportRun.lines(lines(20_000, &random).joined(separator: "\n"), options)
    #expect(
      run.failure?.message
        == "the temporary file for sorting in /none can't be used: No such file or directory")
    #expect(run.events.isEmpty)
  }

  @Test func `reading ahead changes nothing but the time it takes`() {
    var random = SeededRandom(seed: testSeed())
    var all = lines(30_000, &random)
    for _ in 0..<2000 { all[random.below(all.count)] = "{" }
    let source = ByteSource.bytes(gzip(Array(all.joined(separator: "\n").utf8)), name: "file")
    var options = ImportRun.options
    options.readsAhead = false
    let serial = ImportRun.cloudEvents([source], options)
    options.readsAhead = true
    let ahead = ImportRun.cloudEvents([source], options)
    #expect(serial.items == ahead.items)
    #expect(serial.rejections == ahead.rejections)
    #expect(serial.report == ahead.report)
    #expect(ahead.batchSizes.allSatisfy { $0 <= 16_384 } && ahead.batchSizes.count >= 2)
  }

  @Test func `the first batches are small, so that a small file is appended while the rest is read`() {
    var random = SeededRandom(seed: testSeed())
    let all = lines(60_000, &random).joined(separator: "\n")
    let run = ImportRun.cloudEvents([.bytes(Array(all.utf8), name: "file")], ImportRun.options)
    #expect(run.batchSizes.first == 4096)
    #expect(run.batchSizes.dropLast().last == 16_384)
  }

  @Test(arguments: [false, true])
  func `a sink that fails stops the import, and what it took before is reported`(readsAhead: Bool) {
    var random = SeededRandom(seed: testSeed())
    let source = ByteSource.bytes(Array(lines(30_000, &random).joined(separator: "\n").utf8), name: "file")
    var options = ImportRun.options
    options.readsAhead = readsAhead
    var calls = 0
    do throws(ImportFailure) {
      try Importer.importCloudEvents(from: [source], options: options) {
        batch, outcomes throws(LedgerError) in
        calls += 1
        if calls == 2 { throw .diskFull("append") }
        outcomes = batch.events.map { _ in EventOutcome(.appended) }
      }
      Issue.record("it went on")
    } catch {
      #expect(error.error == .ledger(.diskFull("append")))
      #expect(error.report.appendedTotal == 4096)
    }
    #expect(calls == 2)
  }

  @Test func `what became of the events is counted and told`() {
    var random = SeededRandom(seed: testSeed())
    let source = ByteSource.bytes(Array(lines(5, &random).joined(separator: "\n").utf8), name: "file")
    let verdicts: [EventOutcome.Verdict] = [
      .appended, .anomaly(.alreadyCreated), .duplicate, .conflict, .notFound,
    ]
    let collector = Collector()
    collector.verdict = { verdicts[Int($0.line) - 1] }
    var told: [String] = []
    var importers: Set<String> = []
    collector.look = { _, batch in importers.insert(batch.name(batch.importer)?.text ?? "") }
    do throws(ImportFailure) {
      let report = try withoutActuallyEscaping({ told.append($0.message) }) { keep throws(ImportFailure) in
        try Importer.importCloudEvents(
          from: [source], options: ImportRun.options, into: collector.append,
          observer: ImportObserver(rejection: keep))
      }
      #expect(report.appended == [.created: 2])
      #expect(report.anomalies == [.alreadyCreated: 1])
      #expect(report.duplicates == 1 && report.conflicts == 1 && report.refused == 1 && report.rejected == 0)
    } catch { Issue.record("\(error.message)") }
    #expect(importers == ["tester"])
    #expect(
      told == [
        "file:4: the ledger has an event of this id that says something else",
        "file:5: the ledger refused this event",
      ])
  }

  @Test func `memory does not grow with the file`() throws {
    let mapping = try queueMapping()
    // Standard input and files go the same way; twenty batches' worth of rows must fit where one full one does.
    let row = "a,x,1\n"
    let header = "id,who,at\n"
    func peak(_ rows: Int) throws -> Int {
      var largest = 0
      let collector = Collector()
      collector.keepsItems = false
      let source = ByteSource.bytes(Array((header + String(repeating: row, count: rows)).utf8), name: "file")
      try Importer.importCSV(from: [source], mapping: mapping, options: ImportRun.options) {
        batch, outcomes in
        collector.append(&batch, &outcomes)
        largest = max(
          largest, batch.events.capacity * MemoryLayout<ProposedEvent>.stride + batch.bytes.capacity)
      }
      return largest
    }
    let (few, many) = (try peak(20_000), try peak(200_000))
    #expect(many <= 2 * few)
  }
}
