import Foundation
import LedgerTestSupport
import Testing

/// What the real program does with files of a ledger that a disk, or a person, has damaged.
struct `A damaged file of a ledger` {
  /// A ledger of some hundred workloads with all kinds of tables, that nobody has open.
  private static func sound() throws -> CommandLineRun {
    let run = try CommandLineRun()
    try run.fill(400)
    _ = try run.create("bert", "--cpu", "2")
    #expect(try run.run("terminate", "bert", "--reason", "a test").status == 0)
    #expect(try run.run("quota", "set", "alice", "--cpu", "100").status == 0)
    #expect(try run.run("list", "--at", "2026-01-01T12:00:00Z").status == 0)
    #expect(try run.run("checkpoint").status == 0)
    return run
  }

  /// The commands that only read, and give the same answers from the same log.
  private static let readers = [
    ["list", "--all", "--limit", "1000", "-o", "json"], ["show", "bert", "-o", "json"],
    ["history", "-o", "ndjson"],
    ["list", "--status", "added", "--at", "2026-01-01T12:00:00Z", "-o", "json"],
  ]

  /// Runs a command, for twenty seconds at most.
  private func command(_ run: CommandLineRun, _ arguments: [String], on ledger: String) throws -> OtherProgram
  {
    let process = try run.process(arguments)
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["timeout", "-s", "KILL", "20", CommandLineRun.program] + arguments
    process.environment?["WORKLEDGER_DIR"] = ledger
    let result = try OtherProgram(process)
    #expect(
      !result.wasKilled && [0, 1, 3, 6].contains(result.status),
      "\(arguments) ended with \(result.status): \(result.errors)")
    return result
  }

  @Test(.timeLimit(.minutes(10)))
  func `stops no command with a signal, and is found or changes no answer, bit for bit`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let run = try Self.sound()
    let path = run.folder + "/ledger"
    let expected = try Self.readers.map { try command(run, $0, on: path).output }
    let copy = run.folder + "/copy"
    var found = 0
    let flips = try ["log", "views"].flatMap { environment in
      try FilePlaces(readFile("\(path)/\(environment)/data.mdb")).flips(
        testRounds(1) > 1 ? .max : 8, &random
      )
      .map { (environment, $0) }
    }
    for (environment, flip) in flips {
      func damaged() {
        removeTree(copy)
        copyTree(path, to: copy)
        var bytes = readFile("\(path)/\(environment)/data.mdb")
        bytes[flip.byte] ^= 1 << UInt8(flip.bit)
        writeFile("\(copy)/\(environment)/data.mdb", bytes)
      }
      let place = "bit \(flip.bit) of byte \(flip.byte) of '\(environment)', \(flip.kind), seed \(seed)"
      damaged()
      let verified = try command(run, ["verify"], on: copy)
      #expect([0, 1, 6].contains(verified.status), "\(place): \(verified.errors)")
      if verified.status != 0 { found += 1 }
      for (arguments, output) in zip(Self.readers, expected) {
        damaged()
        let result = try command(run, arguments, on: copy)
        if verified.status == 0 {
          #expect(result.output == output, "\(place): \(arguments) differs, and nothing was found")
        }
      }
      damaged()
      let created = try command(run, ["create", "new", "--type", "training", "--cluster", "c"], on: copy)
      damaged()
      let rebuilt = try command(run, ["replay", "--rebuild"], on: copy)
      guard environment == "views" else { continue }
      // What was folded can be folded again, whatever became of it.
      #expect(rebuilt.status == 0, "\(place): \(rebuilt.errors)")
      #expect(try command(run, ["verify"], on: copy).status == 0, "\(place)")
      if verified.status == 0 { #expect(created.status == 0, "\(place): \(created.errors)") }
    }
    print("\(found) of \(flips.count) flips were found, the others change nothing that is read")
    #expect(found > flips.count / 5, "much of the files matters")
  }

  /// Overwrites bytes of a page of the views, or of the log.
  private func damage(_ path: String, _ change: (FilePlaces, inout [UInt8]) throws -> Void) throws {
    var bytes = readFile(path)
    try change(FilePlaces(bytes), &bytes)
    writeFile(path, bytes)
  }

  @Test func `of views is told, and what is wanted is done with views that are folded anew`() throws {
    let run = try Self.sound()
    let listed = try run.run("list", "--all", "-o", "json").output
    let views = run.folder + "/ledger/views/data.mdb"
    let sound = readFile(views)
    let places = try FilePlaces(sound)
    let root = try #require(places.roots["rows"])
    // The kind of the first page of a table.
    func damaged() { writeFile(views, Array(sound[..<(root + 10)]) + [0x40] + sound[(root + 11)...]) }
    for arguments in [["verify"], ["replay"]] {
      damaged()
      let found = try run.run(arguments)
      #expect(found.status == 6)
      let said = found.output + found.errors
      #expect(
        said.contains("the views are damaged: mdb_env_open failed on \(run.folder)/ledger/views"), "\(said)")
      #expect(said.contains("'workledger replay --rebuild' makes them anew"), "\(said)")
    }
    let note = "the views in \(run.folder)/ledger/views were damaged (mdb_env_open failed on "
    damaged()
    let rebuilt = try run.run("replay", "--rebuild")
    #expect(rebuilt.status == 0 && rebuilt.errors.hasPrefix(note), "\(rebuilt.errors)")
    damaged()
    let answered = try run.run("list", "--all", "-o", "json")
    #expect(answered.status == 0 && answered.output == listed && answered.errors.hasPrefix(note))
    #expect(try run.run("verify").status == 0)
  }

  @Test func `of the log is an error that names it, for every command`() throws {
    let run = try Self.sound()
    let log = run.folder + "/ledger/log/data.mdb"
    try damage(log) { places, bytes in bytes[try #require(places.roots["events"]) + 10] = 0x40 }
    for arguments in Self.readers + [["create", "x", "--type", "training", "--cluster", "c"], ["status"]] {
      let result = try run.run(arguments)
      #expect(result.status == 1 && result.output == "")
      #expect(
        result.errors.hasPrefix(
          "Error: the ledger is damaged: mdb_env_open failed on \(run.folder)/ledger/log"),
        "\(result.errors)")
    }
    #expect(try run.run("verify").status == 6)
  }

  @Test func `that no check came upon ends the program with a message where LMDB would abort`() throws {
    let run = try Self.sound()
    let log = run.folder + "/ledger/log/data.mdb"
    let sound = readFile(log)
    // Pages below the first ones of a table: what the opening does not look at.
    let leaves = try FilePlaces(sound).pages.filter { $0.kind == "events/" }
    #expect(leaves.count > 2)
    var ends = 0
    for (offset, byte) in [(10, 0x01), (12, 0x10), (17, 0xFF), (10, 0x22)] as [(Int, UInt8)] {
      var bytes = sound
      for leaf in leaves { bytes[leaf.offset + offset] = byte }
      writeFile(log, bytes)
      let result = try run.run("history", "-o", "ndjson")
      #expect(
        !result.wasKilled && result.status == 1, "\(offset) ends with \(result.status): \(result.errors)")
      if result.errors.hasPrefix("Error: \(log) is damaged") { ends += 1 }
      #expect(try run.run("verify").status == 6)
    }
    #expect(ends > 0, "the case that this test is for")
  }
}

/// What lies where in `data.mdb`, by the layout of LMDB 0.9.
struct FilePlaces {
  /// Where each table's first page is.
  private(set) var roots: [String: Int] = [:]
  /// All pages in use but for those of large values, with the table's name, and a slash behind it where it is not the
  /// first one.
  private(set) var pages: [(kind: String, offset: Int)] = []
  private let bytes: [UInt8]
  private static let pageSize = 4_096

  struct Flip {
    var kind: String
    var byte: Int
    var bit: Int
  }

  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    let (first, second) = (number(16 + 128, 8), number(Self.pageSize + 16 + 128, 8))
    let head = first > second ? 16 : Self.pageSize + 16
    try walk(number(head + 24 + 40, 8), "free pages")
    try walk(number(head + 72 + 40, 8), "tables")
  }

  private func number(_ offset: Int, _ width: Int) -> Int {
    bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func walk(_ page: Int, _ kind: String) throws {
    if page == -1 { return }
    let start = page * Self.pageSize
    try #require(start + Self.pageSize <= bytes.count)
    pages.append((kind, start))
    for node in nodes(start) {
      let (flags, key) = (number(node + 4, 2), number(node + 6, 2))
      if bytes[start + 10] == 1 {
        try walk(number(node, 6), kind.hasSuffix("/") ? kind : kind + "/")
      } else if flags & 2 != 0 {
        let name = String(decoding: bytes[node + 8..<node + 8 + key], as: UTF8.self)
        let root = number(node + 8 + key + 40, 8)
        if root != -1 { roots[name] = root * Self.pageSize }
        try walk(root, name)
      }
    }
  }

  private func nodes(_ page: Int) -> [Int] {
    stride(from: page + 16, to: page + number(page + 12, 2), by: 2).map { page + number($0, 2) }
  }

  /// The bytes that LMDB finds its way by in a page: its header, the places of the nodes, their lengths and flags.
  private func form(_ page: Int) -> [Int] {
    Array(page..<page + number(page + 12, 2)) + nodes(page).flatMap { Array($0..<$0 + 8) }
  }

  /// Bits of each kind of place, so many of each at most: the heads, what describes the tables, the form of pages, and
  /// anything. All bits of the first two, and as many of the others, where there is no limit.
  func flips(_ limit: Int, _ random: inout SeededRandom) -> [Flip] {
    let heads = [0, Self.pageSize].flatMap { Array($0..<$0 + 152) }
    let tables = pages.filter { $0.kind == "tables" }.flatMap { page in
      form(page.offset) + Array(page.offset + number(page.offset + 14, 2)..<page.offset + Self.pageSize)
    }
    let forms = pages.flatMap { form($0.offset) }
    let places: [(String, [Int])] = [
      ("a head", heads), ("a table's description", tables), ("the form of a page", forms),
      ("anywhere", Array(bytes.indices)),
    ]
    return places.enumerated().flatMap { index, place in
      let isWhole = limit == .max && index < 2
      return (0..<(isWhole ? place.1.count * 8 : min(limit, 1_000))).map { number in
        isWhole
          ? Flip(kind: place.0, byte: place.1[number / 8], bit: number % 8)
          : Flip(kind: place.0, byte: random.pick(place.1), bit: random.below(8))
      }
    }
  }
}
