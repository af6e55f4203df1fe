import Exchange
import LedgerTestSupport
import Testing
import WorkloadModel

/// Whatever stands in a file, an import ends: each line became an event or was rejected.
struct `Mutated input` {
  private static let seeds: [String] = [
    #"{"specversion":"1.0","id":"1","source":"urn:x","type":"workload.created","subject":"#
      + #""019b97ad-a27d-7210-be8c-86c936a86a72","time":"2026-01-07T08:58:17.597Z","data":{"actor":"aé","#
      + #""project":"p","name":"n\u00e9\ud83d\ude00","type":"Training","resources":{"cpuMillicores":1},"#
      + #""labels":{"b":"2","a":"1"}}}"#,
    #"{"specversion":"1.0","id":"x","source":"urn:x","type":"quota.set","time":"2026-01-07T08:58:17Z","#
      + #""data":{"project":"p","owner":"o","limits":{"gpuMilli":1000},"extra":[1,-2.5e+3,{"a":null}]}}"#,
  ]

  @Test func `mutated CloudEvents lines never trap`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(300) {
      var bytes: [UInt8] = []
      var lines = 0
      for _ in 0..<20 {
        var line = Array(random.pick(Self.seeds).utf8)
        mutate(&line, &random)
        line.removeAll { $0 == 0x0A }
        while line.last == 0x0D { line.removeLast() }
        if line.isEmpty { continue }
        bytes += line + [0x0A]
        lines += 1
      }
      let run = ImportRun.cloudEvents([.bytes(random.oneIn(2) ? bytes : gzip(bytes), name: "file")])
      #expect(run.failure == nil)
      #expect(run.report.lines == lines)
      #expect(run.events.count + run.rejections.count == lines)
      #expect(run.rejections.allSatisfy { ($0.column ?? 1) >= 1 && !$0.reason.isEmpty })
    }
  }

  @Test func `mutated rows never trap`() throws {
    let mapping = try exampleMapping("openb")
    let header =
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
      + "deletion_time,scheduled_time\n"
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(300) {
      var bytes = Array(header.utf8)
      for _ in 0..<20 {
        var row = Array("p-\(random.below(9)),1000,\"2\"\"4\",1,500,,LS,Failed,10,\"30\",20".utf8)
        mutate(&row, &random)
        bytes += row + [0x0A]
      }
      let source = String(decoding: bytes, as: UTF8.self)
      let run = ImportRun.rows(source, mapping: mapping)
      #expect(run.failure == nil)
      #expect(run.report.rejected == run.rejections.count)
    }
  }

  @Test func `mutated gzip data end in an error or in lines`() {
    let whole = gzip(Array(Self.seeds.joined(separator: "\n").utf8), blockSize: 64)
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(1000) {
      var bytes = whole
      mutate(&bytes, &random)
      let run = ImportRun.cloudEvents([.bytes(bytes, name: "file")])
      #expect(run.failure != nil || run.report.lines <= 400)
    }
  }

  @Test func `mutated mappings are read or refused`() throws {
    let text = """
      {"version":1,"source":"s","csv":{"delimiter":";"},"time":{"unit":"s"},"subject":{"column":"a"},"workload":
      {"project":[{"when":{"all":[{"column":"b","between":[1,2]}]},"then":{"column":2}},{"then":null}]},
      "events":[{"event":"workload.queued","time":{"column":"c","zero":"2023-01-01T00:00:00Z"}}]}
      """
    _ = try Mapping(json: Array(text.utf8))
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(2000) {
      var bytes = Array(text.utf8)
      mutate(&bytes, &random)
      do throws(DocumentError) { _ = try Mapping(json: bytes) } catch { #expect(!error.reason.isEmpty) }
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    for _ in 0..<random.below(4) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      switch random.below(6) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[place] ^= 1 << UInt8(random.below(8))
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(random.pick(Array("\"\\{}[],:0-.eu\t".utf8)), at: place)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + random.below(20)))
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 9)], at: place)
      }
    }
  }
}
