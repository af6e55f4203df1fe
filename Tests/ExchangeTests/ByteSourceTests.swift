import Exchange
import LedgerTestSupport
import Testing
import WorkloadModel

private func line(_ number: Int, _ more: String = "") -> String {
  #"{"specversion":"1.0","id":"\#(number)","source":"urn:x","type":"workload.queued","subject":"#
    + #""019b97ad-a27d-7210-be8c-86c936a86a72","time":"2026-01-07T08:58:17Z"\#(more)}"#
}

struct `Byte sources` {
  private let folder = TemporaryFolder()

  private func file(_ bytes: [UInt8], _ name: String = "file") -> ByteSource {
    write(bytes, to: folder.path + "/" + name)
    return .file(folder.path + "/" + name)
  }

  @Test func `files and parts are read in order, gzipped or not`() {
    let text = Array((line(1) + "\n" + line(2) + "\n").utf8)
    let run = ImportRun.cloudEvents([file(text, "a"), file(gzip(text), "b"), file([], "c"), file(text, "d")])
    #expect(run.failure == nil)
    #expect(run.items.map(\.line) == [1, 2, 1, 2, 1, 2])
  }

  @Test func `gzip members may follow each other and be padded with zeros`() {
    let bytes =
      gzip(Array(line(1).utf8)) + gzip([]) + gzip(Array(("\n" + line(2)).utf8), blockSize: 7) + [0, 0, 0]
    let run = ImportRun.cloudEvents([file(bytes)])
    #expect(run.failure == nil)
    #expect(run.items.map(\.line) == [1, 2])
  }

  @Test func `what was read before gzip data end too early is imported`() {
    let whole = gzip(Array((line(1) + "\n" + line(2) + "\n").utf8), blockSize: 180)
    let path = folder.path + "/file"
    for count in [19, 100, 250, whole.count - 1] {
      let run = ImportRun.cloudEvents([file(Array(whole[..<count]))])
      #expect(run.failure == .source(.truncated(file: path, offset: UInt64(count))))
    }
    #expect(ImportRun.cloudEvents([file(Array(whole[..<300]))]).items.map(\.line) == [1])
  }

  @Test func `damaged gzip data are an error that says where`() {
    var bytes = gzip(Array(line(1).utf8))
    bytes[bytes.count - 8] ^= 1
    let run = ImportRun.cloudEvents([file(bytes)])
    guard case .source(.corrupt(_, let offset, let why)) = run.failure else {
      Issue.record("\(String(describing: run.failure))")
      return
    }
    #expect(offset > 100 && offset <= UInt64(bytes.count))
    #expect(why == "incorrect data check")
    let trailing = ImportRun.cloudEvents([file(gzip([0x0A]) + [0x41])])
    #expect(
      trailing.failure
        == .source(
          .corrupt(file: folder.path + "/file", offset: 24, why: "what follows its end is no gzip data")))
  }

  @Test func `a file that is not there or can't be read is an error`() {
    let missing = ImportRun.cloudEvents([.file(folder.path + "/none")])
    #expect(
      missing.failure?.message == "\(folder.path)/none can't be opened: No such file or directory")
    let directory = ImportRun.cloudEvents([.file(folder.path)])
    #expect(directory.failure?.message == "\(folder.path) can't be read at byte 0: Is a directory")
  }

  @Test func `a byte order mark, CR LF, and a last line without an end are fine`() {
    let run = ImportRun.lines("\u{FEFF}" + line(1) + "\r\n\r\n" + line(2))
    #expect(run.rejected == [])
    #expect(run.items.map(\.line) == [1, 3])
    #expect(run.report.lines == 2)
  }

  @Test func `a line over a mebibyte is rejected and the next is read`() {
    for (size, rejected) in [(1 << 20, 0), (1 << 20 + 1, 1), (5 << 20, 1)] {
      let base = line(1, #","x":"""#).utf8.count
      let long = line(1, #","x":"\#(String(repeating: "y", count: size - base))""#)
      #expect(long.utf8.count == size)
      for next in ["\n" + line(2), "\n", ""] {
        let run = ImportRun.lines(line(0) + "\n" + long + next)
        #expect(run.report.rejected == rejected)
        #expect(run.report.lines == (next.count > 1 ? 3 : 2))
        if rejected == 1 {
          #expect(run.rejected == ["2 -: the line is longer than 1048576 bytes"])
          #expect(run.rejections[0].text.utf8.count == 203)
        }
        #expect(run.items.last?.line == (next.count > 1 ? 3 : rejected == 1 ? 1 : 2))
      }
    }
  }

  @Test func `lines are found wherever the chunks end`() {
    let filler = String(repeating: " ", count: 1009)
    let text = (1...5000).map { line($0, filler) }.joined(separator: "\n")
    let run = ImportRun.lines(text)
    #expect(run.rejected == [])
    #expect(run.items.map(\.line) == Array(1...5000))
  }
}
