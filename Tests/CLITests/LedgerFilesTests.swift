import Foundation
import LedgerTestSupport
import Testing

/// `tools/read_log.py`, written from `schemas/storage.md` alone, on what the real program wrote.
struct `A ledger's files` {
  @Test(.enabled(if: LogReader.isThere, LogReader.why))
  func `give a stranger the same events, and hold together with keys and tree`() throws {
    let run = try CommandLineRun()
    try run.fill(300)
    #expect(try run.run("checkpoint", "--new-key").status == 0)
    _ = try run.create("bert", "--cpu", "2")
    _ = try run.run("delete", "bert", "--reason", "line\nbreak", "--yes")
    let ledger = run.folder + "/ledger"
    let read = try Stranger.readLog([ledger])
    #expect(read.status == 0, "\(read.errors)")
    #expect(try read.output == run.run("history", "-o", "ndjson").output)
    let checked = try Stranger.readLog(["--check", ledger])
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(checked.output.contains(" 2 keys; "), "\(checked.output)")
    let status = try run.run("status", "-o", "json").json()
    let last = try #require(status["lastPosition"] as? Int)
    #expect(checked.output.hasSuffix("; \(last) are in the hash tree\n"))

    // The root of the first complete tile, which is nowhere but in the tree.
    let tiles = run.folder + "/tiles"
    #expect(try run.run("export", tiles, "--format", "tiles").status == 0)
    let root = readFile(tiles + "/tile/1/000.p/1")
    let data = ledger + "/log/data.mdb"
    var bytes = readFile(data)
    var places = 0
    for start in 0..<bytes.count - 32
    where bytes[start] == root[0] && bytes[start..<start + 32].elementsEqual(root) {
      bytes[start + 5] ^= 1
      places += 1
    }
    #expect(root.count == 32 && places > 0)
    writeFile(data, bytes)
    let damaged = try Stranger.readLog(["--check", ledger])
    #expect(damaged.status == 1)
    #expect(damaged.errors.contains("the hash tree has another subtree 0 of level 0"), "\(damaged.errors)")
  }
}
