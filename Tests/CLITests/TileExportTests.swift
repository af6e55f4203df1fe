import Foundation
import LedgerTestSupport
import Testing

/// `export DIR --format tiles` by the real program, and what `tools/verify_evidence.py` says of it.
struct `Exporting a log as tiles` {
  private let run: CommandLineRun
  private var folder: String { run.folder + "/tiles" }
  private let key: String

  init() throws {
    run = try CommandLineRun()
    key = try run.run("checkpoint", "--public-key").output.trimmingCharacters(in: .newlines)
  }

  private func export(_ more: String..., to path: String? = nil) throws -> OtherProgram {
    try run.run(["export", path ?? folder, "--format", "tiles"] + more)
  }

  private func verify(_ more: String...) throws -> OtherProgram {
    try Stranger.verify([folder, "--key", key] + more)
  }

  @Test(.enabled(if: Stranger.isThere, Stranger.why))
  func `gives a stranger the same events as history`() throws {
    try run.fill(600)
    _ = try run.run("create", "bert", "--type", "training", "--cluster", "c1", "--cpu", "2")
    _ = try run.run("delete", "bert", "--reason", "line\nbreak \"q\"", "--yes")
    let exported = try export("--names")
    #expect(exported.status == 0 && exported.output == "")
    let names = folder + "/names.ndjson"
    let verified = try verify("--names", names)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(try verified.output == run.run("history", "-o", "ndjson").output)
    #expect(exported.errors.hasPrefix("exported 6") && exported.errors.hasSuffix(" records to \(folder)\n"))
    let mode = try FileManager.default.attributesOfItem(atPath: names)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(!FileManager.default.fileExists(atPath: folder + "/.new"))
    #expect(
      readFile(folder + "/checkpoint") == Array(try run.run("checkpoint").output.utf8),
      "it is one that the ledger keeps")
    let nameless = try verify("--no-events")
    #expect(nameless.status == 0 && nameless.errors.contains("have the root that"))
  }

  @Test(.enabled(if: Stranger.isThere, Stranger.why))
  func `makes every changed byte known`() throws {
    try run.fill(300)
    #expect(try export("--names").status == 0)
    var random = SeededRandom(seed: testSeed())
    let names = folder + "/names.ndjson"
    for (path, bytes) in try CommandLineRun.files(folder).sorted(by: { $0.key < $1.key })
    where path != "names.ndjson" {
      var changed = bytes
      let place = random.below(bytes.count)
      changed[place] ^= 1 << random.below(8)
      writeFile(folder + "/" + path, changed)
      let result = try verify("--names", names)
      #expect(result.status == 6, "\(path), byte \(place): \(result.errors)")
      writeFile(folder + "/" + path, bytes)
    }
    let text = String(decoding: readFile(names), as: UTF8.self)
    writeFile(names, Array(text.replacing("\"name\":\"ada\"", with: "\"name\":\"eve\"").utf8))
    let renamed = try verify("--names", names)
    #expect(renamed.status == 6 && renamed.errors.contains("is not the one that was registered"))
  }

  @Test(.enabled(if: Stranger.isThere, Stranger.why))
  func `again keeps what is whole, and an older checkpoint stays provable`() throws {
    try run.fill(300)
    #expect(try export().status == 0)
    let before = try CommandLineRun.files(folder)
    let modified = try modificationDate("tile/0/000")
    let again = try export()
    #expect(again.status == 0, "\(again.errors)")
    #expect(try CommandLineRun.files(folder) == before)
    try run.fill(300, from: 300)
    #expect(try export().status == 0)
    let after = try CommandLineRun.files(folder)
    for (path, bytes) in before where path != "checkpoint" { #expect(after[path] == bytes, "\(path)") }
    #expect(after["checkpoint"] != before["checkpoint"] && after["tile/0/001"] != nil)
    #expect(try modificationDate("tile/0/000") == modified, "it was not written again")
    #expect(try verify("--no-events").status == 0)

    // The export of the first checkpoint can be made again, elsewhere.
    let old = run.folder + "/old.checkpoint"
    writeFile(old, try #require(before["checkpoint"]))
    let elsewhere = run.folder + "/elsewhere"
    let made = try export("--checkpoint", old, to: elsewhere)
    #expect(made.status == 0, "\(made.errors)")
    #expect(try CommandLineRun.files(elsewhere) == before)
    let shorter = try export("--checkpoint", old)
    #expect(shorter.status == 1 && shorter.errors.contains("a log that is served never gets shorter"))
    #expect(try CommandLineRun.files(folder) == after)
  }

  @Test(.enabled(if: Stranger.isThere, Stranger.why))
  func `has no name that was destroyed, and still holds`() throws {
    try run.fill(300)
    #expect(try export("--names").status == 0)
    let names = folder + "/names.ndjson"
    #expect(String(decoding: readFile(names), as: UTF8.self).contains("\"name\":\"ada\""))
    let redacted = try run.run("redact", "ada", "--reason", "request", "--yes")
    #expect(redacted.status == 0, "\(redacted.errors)")
    let nameless = try export()
    #expect(nameless.errors.hasSuffix("names.ndjson of an earlier export stays as it is\n"))
    #expect(try export("--names").status == 0)
    #expect(!String(decoding: readFile(names), as: UTF8.self).contains("ada"))
    let verified = try verify("--names", names)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(try verified.output == run.run("history", "-o", "ndjson").output)
  }

  private func modificationDate(_ path: String) throws -> Date? {
    try FileManager.default.attributesOfItem(atPath: folder + "/" + path)[.modificationDate] as? Date
  }

  @Test func `goes on where one was killed`() throws {
    try run.fill(600)
    #expect(try export().status == 0)
    let whole = try CommandLineRun.files(folder)
    // What a killed export may leave: some files, none of them half, others aside, and no checkpoint.
    for path in ["checkpoint", "tile/0/001", "tile/entries/000"] {
      try FileManager.default.removeItem(atPath: folder + "/" + path)
    }
    try FileManager.default.createDirectory(atPath: folder + "/.new", withIntermediateDirectories: false)
    writeFile(folder + "/.new/0", [1, 2, 3])
    #expect(try export().status == 0)
    #expect(try CommandLineRun.files(folder) == whole)
  }

  @Test func `refuses what is in the way`() throws {
    try run.fill(300)
    let file = run.folder + "/file"
    writeFile(file, [1])
    let notFolder = try export(to: file)
    #expect(notFolder.status == 1 && notFolder.errors == "Error: can't write \(file): Not a directory\n")
    let foreign = try export(to: run.folder)
    #expect(foreign.status == 1 && foreign.errors.contains("which is no part of a log as tiles"))
    let nowhere = try export(to: run.folder + "/no/such")
    #expect(nowhere.status == 1 && nowhere.errors.hasSuffix("/no/such: No such file or directory\n"))

    #expect(try export().status == 0)
    let whole = try CommandLineRun.files(folder)
    let other = try CommandLineRun()
    let mixed = try other.run("export", folder, "--format", "tiles")
    #expect(mixed.status == 1 && mixed.errors.contains("has an export of another log, 'workledger/"))
    var changed = try #require(whole["tile/0/000"])
    changed[77] ^= 1
    writeFile(folder + "/tile/0/000", changed)
    let differs = try export()
    #expect(differs.status == 6)
    #expect(differs.errors.contains("\(folder)/tile/0/000 has not the bytes that the log gives"))
    writeFile(folder + "/tile/0/000", try #require(whole["tile/0/000"]))
    var checkpoint = try #require(whole["checkpoint"])
    // Another letter in the signature, so that it can still be read.
    let place = try #require(
      checkpoint.indices.last { $0 < checkpoint.count - 20 && (0x41...0x7A).contains(checkpoint[$0]) })
    checkpoint[place] ^= 0x20
    writeFile(folder + "/checkpoint", checkpoint)
    let forged = try export()
    #expect(forged.status == 6)
    #expect(
      forged.errors.hasPrefix("Error: \(folder)/checkpoint: the evidence does not hold"), "\(forged.errors)")
    writeFile(folder + "/checkpoint", try #require(whole["checkpoint"]))
    #expect(try CommandLineRun.files(folder) == whole, "nothing of that changed anything")
  }

  @Test func `refuses a checkpoint that this log did not give out`() throws {
    try run.fill(10)
    let other = try CommandLineRun()
    let foreign = run.folder + "/foreign"
    writeFile(foreign, Array(try other.run("checkpoint").output.utf8))
    let refused = try export("--checkpoint", foreign)
    #expect(refused.status == 6 && refused.errors.contains("the evidence does not hold"), "\(refused.errors)")
    let nonsense = run.folder + "/nonsense"
    writeFile(nonsense, Array("hello\n".utf8))
    #expect(try export("--checkpoint", nonsense).status == 1)
    #expect(!FileManager.default.fileExists(atPath: folder), "nothing was made")
  }

  @Test func `of a log that was changed exits with 6 and publishes nothing`() throws {
    _ = try run.run(
      "create", "bert", "--type", "training", "--cluster", "c1", "--label", "k=unmistakable")
    let data = run.folder + "/ledger/log/data.mdb"
    var bytes = readFile(data)
    let needle = Array("unmistakable".utf8)
    var places = 0
    for start in bytes.indices.dropLast(needle.count)
    where bytes[start] == needle[0] && bytes[start..<start + needle.count].elementsEqual(needle) {
      bytes[start + 3] = UInt8(ascii: "X")
      places += 1
    }
    #expect(places > 0)
    writeFile(data, bytes)
    let result = try export()
    #expect(result.status == 6)
    #expect(result.errors.contains("the records do not have the root that was signed"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder + "/checkpoint"))
  }

  @Test func `is asked for rightly or not at all`() throws {
    let stream = try run.run("export", "-", "--format", "tiles")
    #expect(stream.status == 64 && stream.errors.contains("tiles are a folder of many files"))
    let names = try run.run("export", "x", "--format", "cloudevents", "--names")
    #expect(names.status == 64 && names.errors.contains("--checkpoint and --names go with --format tiles"))
    let format = try run.run("export", "x", "--format", "tile")
    #expect(format.status == 64 && format.errors.contains("cloudevents") && format.errors.contains("tiles"))
    #expect(try run.run("export", "--help").output.contains("GETS THE NAMES OF ALL PEOPLE"))
  }
}
