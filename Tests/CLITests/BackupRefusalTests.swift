import Foundation
import Glibc
import LedgerTestSupport
import Testing

/// What a backup or a restoration must not do, by the real program.
struct `A backup is refused` {
  private let fixture: BackupFixture

  init() throws {
    fixture = try BackupFixture(backedUp: 300)
  }

  /// That a backup into the folder ends with a status and words, and changes nothing there.
  private func expectRefused(
    _ status: Int32, _ words: String, into folder: String? = nil, of ledger: String? = nil
  ) throws {
    let folder = folder ?? fixture.backup
    let before = try CommandLineRun.files(folder)
    let result = try fixture.run.run("backup", folder, "--ledger", ledger ?? fixture.ledger)
    #expect(result.status == status && result.errors.contains(words), "\(result.status): \(result.errors)")
    #expect(try CommandLineRun.files(folder) == before)
  }

  @Test func `in a folder with the backup of another ledger`() throws {
    let other = try CommandLineRun()
    try expectRefused(6, "it has a backup of another ledger, 'workledger/", of: other.folder + "/ledger")
    // Also where both have one name: the keys differ.
    let (left, right) = (fixture.run.folder + "/left", fixture.run.folder + "/right")
    for ledger in [left, right] {
      try fixture.ok("init", "--ledger", ledger, "--origin", "example.com/ledger")
    }
    let backup = fixture.run.folder + "/named"
    try fixture.ok("backup", backup, "--ledger", left)
    try expectRefused(6, "it has a backup of another history", into: backup, of: right)
  }

  @Test func `in a folder that is ahead of the ledger, or has another history`() throws {
    let old = fixture.run.folder + "/old"
    copyTree(fixture.backup, to: old)
    try fixture.run.fill(40, from: 300)
    try fixture.ok("backup", fixture.backup)
    #expect(try fixture.restore("copy", from: old).status == 0)
    let copy = fixture.run.folder + "/copy"
    try expectRefused(6, "the ledger was rolled back, or put back from an older backup", of: copy)
    // It goes on otherwise, and beyond.
    let lines = try fixture.ok("history", "-o", "ndjson", "--limit", "60").output
    let import_ = try fixture.run.run(
      ["import", "-", "--format", "cloudevents", "--ledger", copy],
      input: lines.replacing("\"source\":\"s\"", with: "\"source\":\"other\"")
        .replacing("00000000-0000", with: "00000000-1111"))
    #expect(import_.status == 0, "\(import_.errors)")
    try expectRefused(6, "it has a backup of another history", of: copy)
  }

  @Test func `in a folder that is something else`() throws {
    let export = fixture.run.folder + "/export"
    try fixture.ok("export", export, "--format", "tiles")
    try expectRefused(1, "has an export and no backup, and may be served", into: export)
    let mine = fixture.run.folder + "/mine"
    mkdir(mine, 0o700)
    writeFile(mine + "/thesis", [1])
    try expectRefused(1, "has 'thesis', which is no part of a backup", into: mine)
    let back = try fixture.run.run("export", fixture.backup, "--format", "tiles")
    #expect(back.status == 1 && back.errors.contains("has 'private', which is no part of a log as tiles"))
    let stream = try fixture.run.run("backup", "-")
    #expect(stream.status == 64 && stream.errors.contains("a backup is a folder of many files"))
  }

  @Test func `of a log that was changed`() throws {
    let before = try CommandLineRun.files(fixture.backup)
    _ = try fixture.run.create("bert", "--label", "k=unmistakable")
    let data = fixture.ledger + "/log/data.mdb"
    var bytes = readFile(data)
    let needle = Array("unmistakable".utf8)
    for start in bytes.indices.dropLast(needle.count)
    where bytes[start] == needle[0] && bytes[start..<start + needle.count].elementsEqual(needle) {
      bytes[start + 3] = UInt8(ascii: "X")
    }
    writeFile(data, bytes)
    let result = try fixture.run.run("backup", fixture.backup)
    #expect(result.status == 6 && result.errors.contains("so no backup was made"), "\(result.errors)")
    // The one before is as good as it was.
    let after = try CommandLineRun.files(fixture.backup)
    for (path, bytes) in before { #expect(after[path] == bytes, "\(path)") }
    #expect(try fixture.run.run("restore", fixture.backup, "--dry-run").status == 0)
  }

  /// Whether a file could be made longer.
  private static func append(_ count: Int, to path: String) -> Bool {
    let file = open(path, O_WRONLY | O_APPEND)
    defer { close(file) }
    return write(file, [UInt8](repeating: 1, count: count), count) == count
  }

  @Test func `where the folder can't be written, and on a full disk, and the one before stays`() throws {
    let disk = fixture.run.folder + "/disk"
    mkdir(disk, 0o700)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=1m") == 0 else {
      print("SKIPPED: the full disk can't be tested, since mount says errno \(errno)")
      return
    }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    let backup = disk + "/backup"
    try fixture.ok("backup", backup)
    try fixture.run.fill(20_000, from: 1000)
    let full = try fixture.run.run("backup", backup)
    #expect(full.status == 1, "\(full.status)")
    #expect(
      full.errors.contains("\(backup)/") && full.errors.contains("No space left on device"), "\(full.errors)")
    #expect(try fixture.run.run("restore", backup, "--dry-run").status == 0)
    writeFile(disk + "/ballast", [])
    let filled = (0..<300).allSatisfy { _ in Self.append(4096, to: disk + "/ballast") }
    #expect(!filled)
    let intoFull = try fixture.run.run("restore", fixture.backup, "--ledger", disk + "/ledger")
    #expect(intoFull.status == 1 && intoFull.errors.contains("No space left"), "\(intoFull.errors)")
    #expect(!FileManager.default.fileExists(atPath: disk + "/ledger"))

    #expect(mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "") == 0)
    let readOnly = try fixture.run.run("backup", backup)
    #expect(readOnly.status == 1 && readOnly.errors.contains("Read-only file system"), "\(readOnly.errors)")
    // To read it, nothing has to be written.
    #expect(try fixture.restore("copy", from: backup).status == 0)
  }
}

/// What `restore` must not do.
struct `A restoration is refused` {
  private let fixture: BackupFixture

  init() throws {
    fixture = try BackupFixture(backedUp: 300)
  }

  @Test func `where there is a ledger, or anything else`() throws {
    let before = try CommandLineRun.files(fixture.ledger + "/log")
    let over = try fixture.run.run("restore", fixture.backup)
    #expect(over.status == 1 && over.errors.contains("has a ledger already, which stays as it is"))
    #expect(try CommandLineRun.files(fixture.ledger + "/log") == before)
    let folder = fixture.run.folder + "/mine"
    mkdir(folder, 0o700)
    writeFile(folder + "/thesis", [1])
    let mine = try fixture.restore("mine")
    #expect(mine.status == 1 && mine.errors.contains("has 'thesis'"), "\(mine.errors)")
    #expect(try CommandLineRun.files(folder) == ["thesis": [1]])
    // An empty one is fine.
    unlink(folder + "/thesis")
    #expect(try fixture.restore("mine").status == 0)
  }

  @Test func `where there is no backup`() throws {
    let nowhere = try fixture.restore("copy", from: fixture.run.folder + "/no/such")
    #expect(nowhere.status == 3 && nowhere.errors.hasPrefix("Error: no folder '"))
    mkdir(fixture.run.folder + "/empty", 0o700)
    let empty = try fixture.restore("copy", from: fixture.run.folder + "/empty")
    #expect(empty.status == 3 && empty.errors.hasPrefix("Error: there is no backup in "))
    #expect(!FileManager.default.fileExists(atPath: fixture.run.folder + "/copy"))
  }

  @Test func `where a newer checkpoint is known, or one of another history or ledger`() throws {
    func note(_ name: String, _ ledger: String) throws -> String {
      let path = fixture.run.folder + "/" + name
      writeFile(path, Array(try fixture.ok("checkpoint", "--ledger", ledger).output.utf8))
      return path
    }
    let old = fixture.run.folder + "/old"
    copyTree(fixture.backup, to: old)
    let same = try note("same", fixture.ledger)
    try fixture.run.fill(10, from: 300)
    let newer = try note("newer", fixture.ledger)
    try fixture.ok("backup", fixture.backup)
    let folder = fixture.run.folder + "/copy"
    for more in [[], ["--dry-run"]] {
      let refused = try fixture.run.run(
        ["restore", old, "--ledger", folder, "--checkpoint", same, "--checkpoint", newer] + more)
      #expect(refused.status == 6 && refused.errors.contains("the backup is older than what was given out"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(try fixture.restore("copy", "--checkpoint", same, from: old).status == 0)

    // The old one goes on, with the same key, as another history.
    let fork = fixture.run.folder + "/fork"
    #expect(try fixture.restore("fork", from: old).status == 0)
    #expect(try fixture.run.run("project", "create", "p2", "--ledger", fork).status == 0)
    let forked = try fixture.restore("third", "--checkpoint", try note("forked", fork))
    #expect(forked.status == 6 && forked.errors.contains("are not those of the backup: they forked"))
    let other = try CommandLineRun()
    let foreign = try fixture.restore("third", "--checkpoint", try note("other", other.folder + "/ledger"))
    #expect(foreign.status == 6 && foreign.errors.contains("is of another log"))
    // One that a stranger made up of the ledger's name.
    var text = String(decoding: readFile(same), as: UTF8.self)
    text = text.replacing(/(?m)^[A-Za-z0-9+\/]{43}=$/, with: "\(String(repeating: "A", count: 43))=")
    writeFile(fixture.run.folder + "/forged", Array(text.utf8))
    let forged = try fixture.restore("third", "--checkpoint", fixture.run.folder + "/forged")
    #expect(forged.status == 6, "\(forged.errors)")
    #expect(!FileManager.default.fileExists(atPath: fixture.run.folder + "/third"))
  }
}
