import Evidence
import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A damaged file of the log` {
  /// LMDB believes its file, so a process of its own runs into what is there; it is killed where it hangs.
  @Test(.timeLimit(.minutes(5)))
  func `is found, bit for bit, or nothing that is read from it changes`() throws {
    let seed = testSeed()
    let sound = try compact(seed)
    let count = testRounds(500)
    let acks = sound.folder("acks")
    writeFile(sound.folder("count"), Array("\(count)".utf8))
    var ends = 0
    while AckFile.read(acks).count < count {
      let child = try ChildProcess("flip", path: sound.path, acks: acks, seed: seed)
      if child.wait() == 0, AckFile.read(acks).count >= count { break }
      ends += 1
      let number = AckFile.read(acks).count
      let flip = FlippedFile.place(number, seed: seed, bytes: readFile(sound.path + "/log/data.mdb").count)
      Issue.record("the process ended at bit \(flip.bit) of byte \(flip.byte), seed \(seed)")
      guard ends < 5 else { break }
      AckFile(acks).write("\(number) ended")
    }
    let outcomes = AckFile.read(acks)
    let size = readFile(sound.path + "/log/data.mdb").count
    for line in outcomes where line.count > 1 && line[1] == "differs" {
      let flip = FlippedFile.place(Int(line[0]) ?? 0, seed: seed, bytes: size)
      Issue.record(
        "bit \(flip.bit) of byte \(flip.byte) is not found and what is read changed \(line[2...]), seed \(seed)"
      )
    }
    let found = outcomes.count { $0.count > 1 && $0[1] == "found" }
    print(
      "\(found) of \(outcomes.count) flips in \(size) bytes were found, the others change nothing that is read"
    )
    #expect(found > count / 5, "much of the file matters")
  }

  /// A ledger whose log has no free pages, so that little of its file is never read.
  private func compact(_ seed: UInt64) throws -> SoundLedger {
    let sound = try SoundLedger(seed: seed)
    let log = sound.path + "/log"
    mkdir(sound.folder("compact"), 0o700)
    try Environment(path: log).copy(to: sound.folder("compact"), compact: true)
    writeFile(log + "/data.mdb", readFile(sound.folder("compact") + "/data.mdb"))
    return sound
  }

  @Test func `that ends too early is refused`() throws {
    let sound = try compact(testSeed())
    let bytes = readFile(sound.path + "/log/data.mdb")
    for size in [0, 1, 4_096, 8_192, bytes.count / 2, bytes.count - 4_096, bytes.count - 1] {
      let report = try sound.verified { writeFile($0 + "/log/data.mdb", Array(bytes[..<size])) }
      #expect(report == nil || report?.findingCount != 0, "\(size) of \(bytes.count) bytes")
    }
    for copy in [[UInt8](repeating: 0x5A, count: bytes.count), Array(bytes.reversed())] {
      #expect(try sound.verified { writeFile($0 + "/log/data.mdb", copy) } == nil)
    }
  }

  @Test func `with pages swapped, doubled or zeroed is found`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let sound = try compact(seed)
    let bytes = readFile(sound.path + "/log/data.mdb")
    let expected = try FlippedFile.events(sound.path)
    let pages = bytes.count / 4_096
    func page(_ number: Int) -> Range<Int> { number * 4_096..<(number + 1) * 4_096 }
    for round in 0..<testRounds(60) {
      let (one, other) = (2 + random.below(pages - 2), 2 + random.below(pages - 2))
      var damaged = bytes
      switch round % 3 {
      case 0:
        damaged.replaceSubrange(page(one), with: bytes[page(other)])
        damaged.replaceSubrange(page(other), with: bytes[page(one)])
      case 1: damaged.replaceSubrange(page(one), with: bytes[page(other)])
      default: damaged.replaceSubrange(page(one), with: [UInt8](repeating: 0, count: 4_096))
      }
      var events: [Event] = []
      let report = try sound.verified {
        writeFile($0 + "/log/data.mdb", damaged)
        if let found = try? FlippedFile.events($0) { events = found }
      }
      #expect(report?.findingCount != 0 || events == expected, "pages \(one) and \(other), seed \(seed)")
    }
  }
}

/// What the process does that reads damaged files: one bit after another, each in a copy of its own.
struct FlippedFile {
  private let path: String
  private let bytes: [UInt8]

  init(_ path: String) {
    self.path = path
    bytes = readFile(path + "/log/data.mdb")
  }

  /// Which bit the n-th flip is of.
  static func place(_ number: Int, seed: UInt64, bytes: Int) -> (byte: Int, bit: Int) {
    var random = SeededRandom(seed: seed &+ UInt64(number) &* 0x9E37_79B9)
    // Every tenth in the heads of the file, which all else hangs on.
    return (random.below(random.oneIn(10) ? 8_192 : bytes), random.below(8))
  }

  /// Goes on where the process before this one ended.
  func run(acks path: String) throws {
    let count = Int(String(decoding: readFile(self.path + "/../count"), as: UTF8.self)) ?? 0
    let first = AckFile.read(path).count
    let acks = AckFile(path)
    let expected = try Self.events(self.path)
    for number in first..<max(first, count) {
      alarm(30)
      acks.write("\(number) \(try outcome(number, expected))")
    }
  }

  private func outcome(_ number: Int, _ expected: [Event]) throws -> String {
    let flip = Self.place(number, seed: testSeed(), bytes: bytes.count)
    let copy = TemporaryFolder()
    copyTree(path, to: copy("ledger"))
    var damaged = bytes
    damaged[flip.byte] ^= 1 << UInt8(flip.bit)
    writeFile(copy("ledger") + "/log/data.mdb", damaged)
    var options = VerificationOptions()
    options.workers = 2
    do {
      let ledger = try Ledger(verifying: copy("ledger"), access: .readWrite)
      if try ledger.verify(options).findingCount > 0 { return "found" }
    } catch {
      return "found"
    }
    do {
      let events = try Self.events(copy("ledger"))
      if events == expected { return "same" }
      let first = zip(events, expected).first { $0 != $1 }?.1.position
      return "differs at position \(first.map(String.init) ?? "behind the last")"
    } catch { return "differs: \(error)" }
  }

  /// All that the log says.
  static func events(_ path: String) throws -> [Event] {
    let ledger = try Ledger(verifying: path, access: .readOnly)
    var events: [Event] = []
    try ledger.history(HistoryQuery()) { event in
      events.append(event)
      return true
    }
    return events
  }
}
