import Evidence
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// What somebody does who can write all of the log and knows how the tree is made.
struct `A forged history` {
  /// The little-endian number at an offset.
  private func number(_ record: [UInt8], _ offset: Int, _ width: Int) -> UInt64 {
    record[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func put(_ value: UInt64, _ record: inout [UInt8], _ offset: Int, _ width: Int) {
    for index in 0..<width {
      record[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
    }
  }

  private static let logOnly: VerificationOptions = {
    var options = VerificationOptions()
    options.includesViews = false
    return options
  }()

  @Test func `is found by its links, versions and times, where the tree and all checkpoints fit it`() throws {
    let seed = testSeed()
    let sound = try SoundLedger(seed: seed)
    let records = try RawTables(logOf: sound.path).entries("events", .integer).map(\.value)
    func position(_ fits: ([UInt8]) -> Bool) throws -> UInt64 {
      let index = records.lastIndex(where: fits)
      return UInt64(try #require(index, "no such record, seed \(seed)") + 1)
    }
    let step = try position { (2...10).contains($0[1]) && number($0, 26, 6) > 0 }
    let inProject = try position { $0[1] < 32 && number($0, 32, 6) > 0 }
    let name = try position { $0[1] == 32 }
    let alone = try position { $0[1] < 32 && number($0, 20, 6) == 0 }
    let forgeries: [(position: UInt64, what: String, change: (inout [UInt8]) -> Void)] = [
      (step, "it names 0 as the record before it", { put(0, &$0, 26, 6) }),
      (step, "its version is", { put(number($0, 4, 4) + 1, &$0, 4, 4) }),
      (step, "its version is", { put(number($0, 4, 4) - 1, &$0, 4, 4) }),
      (step, "its stream begins at", { put(1, &$0, 20, 6) }),
      (inProject, "it names", { put(number($0, 32, 6) - 1, &$0, 32, 6) }),
      (name, "its version is", { put(number($0, 4, 4) + 1, &$0, 4, 4) }),
      (name, "it names", { put(number($0, 26, 6) ^ 1, &$0, 26, 6) }),
      (alone, "it is in no stream and has a version or a link", { put(1, &$0, 4, 4) }),
      (sound.last, "it was recorded before the record before it", { put(0, &$0, 46, 8) }),
      (step, "its header can't be read", { $0[0] = 2 }),
      (step, "its header can't be read", { $0[3] = 0x80 }),
      (inProject, "its body can't be read", { $0.append(0) }),
    ]
    for (index, forgery) in forgeries.enumerated() {
      let report = try sound.report(Self.logOnly) { path in
        try forge(path) { if $0 == forgery.position { forgery.change(&$1) } }
      }
      let first = report.findings.first
      #expect(first?.position == forgery.position, "\(index), seed \(seed): \(report.findings)")
      let isSaid = report.findings.contains {
        $0.position == forgery.position && $0.what.contains(forgery.what)
      }
      #expect(isSaid, "\(index), seed \(seed): \(report.findings)")
    }
    // The forging itself leaves nothing to find.
    #expect(try sound.report(Self.logOnly) { try forge($0) { _, _ in } }.findingCount == 0)
  }

  @Test func `that fits in itself is found by a checkpoint that somebody kept`() throws {
    let sound = try SoundLedger(seed: testSeed())
    var options = Self.logOnly
    // A reason was rewritten: no link, version or time says so.
    func rewrite(_ path: String) throws { try forge(path) { if $0 == sound.last { $1[$1.count - 1] ^= 1 } } }
    #expect(
      try sound.report(options, after: rewrite).findings.allSatisfy { $0.what.contains("can't be read") })
    options.checkpoint = (sound.newest, sound.keys[1])
    let report = try sound.report(options, after: rewrite)
    #expect(
      report.findings.contains {
        $0.what
          == "the checkpoint that was named does not hold: the log's first \(sound.last) records are not "
          + "those that it was made of: the log was changed or forked"
      }, "\(report.findings)")
    let other = VerifierKey(name: sound.keys[0].name, algorithm: .ed25519, publicKey: MerkleHash.empty)
    options.checkpoint = (sound.newest, other)
    #expect(
      try sound.report(options).findings.map(\.what) == [
        "the checkpoint that was named does not hold: it is not signed by \(other.name.text) with the key that was given"
      ])
  }

  @Test func `that was cut back to an older copy is found and not signed`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1)))
    let (folder, path) = (test.folder, test.path)
    let key = try test.ledger.publicKey()
    _ = try test.ledger.checkpoint()
    try test.ledger.close()
    _ = consume test
    copyTree(path + "/log", to: folder("older"))
    let newest: SignedCheckpoint
    do {
      let ledger = try Ledger(path: path)
      var batch = EventBatch()
      var outcomes: [EventOutcome] = []
      Proposal.command(.started, TestLedger.id(1)).add(to: &batch)
      try ledger.append(&batch, now: TestLedger.time(5), outcomes: &outcomes)
      newest = try ledger.checkpoint()
    }
    removeTree(path + "/log")
    copyTree(folder("older"), to: path + "/log")
    let size = newest.checkpoint.head.size
    do {
      let ledger = try Ledger(path: path)
      let report = try ledger.verify(VerificationOptions())
      #expect(
        report.findings.map(\.what) == [
          "the checkpoint of \(size) records in the file beside the log is not kept in the log: the log was rolled "
            + "back or forked, or the checkpoint was taken away there",
          "the checkpoint in the file beside the log does not hold: it has \(size) records and the log has "
            + "\(size - 1): the log was rolled back or cut short",
        ])
      for refused in [
        { _ = try ledger.checkpoint() }, { _ = try ledger.prove(1) },
        { _ = try ledger.rotateKey(by: "a", reporter: "b", now: TestLedger.time(6)) },
      ] as [() throws -> Void] {
        let error = #expect(throws: LedgerError.self) { try refused() }
        #expect(error?.message.contains("given out and the log has \(size - 1): it was rolled back") == true)
      }
      #expect(try ledger.lastPosition() == size - 1, "nothing was appended for a key that is not used")
      removeTree(path + "/checkpoint")
      #expect(try ledger.verify(VerificationOptions()).findingCount == 0, "nothing in the folder says so")
      var options = VerificationOptions()
      options.checkpoint = (newest, key)
      #expect(
        try ledger.verify(options).findings.map(\.what) == [
          "the checkpoint that was named does not hold: it has \(size) records and the log has \(size - 1): the log "
            + "was rolled back or cut short"
        ])
    }
    withExtendedLifetime(folder) {}
  }

  @Test func `that forked is found by a checkpoint of the other branch, in both`() throws {
    let seed = testSeed()
    let sound = try SoundLedger(seed: seed, batches: 10)
    let folder = TemporaryFolder()
    var checkpoints: [SignedCheckpoint] = []
    for branch in 1...2 {
      let path = folder("\(branch)")
      copyTree(sound.path, to: path)
      let ledger = try Ledger(path: path)
      var batch = EventBatch()
      var outcomes: [EventOutcome] = []
      Proposal.creation(TestLedger.id(branch)).add(to: &batch)
      batch.events[0].intent = .observation
      try ledger.append(&batch, now: .latest, outcomes: &outcomes)
      checkpoints.append(try ledger.checkpoint())
    }
    #expect(checkpoints[0].checkpoint.head.size == checkpoints[1].checkpoint.head.size)
    for branch in 1...2 {
      let path = folder("\(branch)")
      var options = VerificationOptions()
      options.checkpoint = (checkpoints[2 - branch], sound.keys[1])
      do {
        let report = try Ledger(path: path).verify(options)
        #expect(
          report.findingCount == 1 && report.findings[0].what.hasSuffix("the log was changed or forked"))
      }
      writeFile(path + "/checkpoint", checkpoints[2 - branch].bytes)
      let ledger = try Ledger(path: path)
      #expect(try ledger.verify(VerificationOptions()).findingCount == 2, "not kept, and of another log")
      let error = #expect(throws: LedgerError.self) { _ = try ledger.checkpoint() }
      #expect(error?.message.contains("is not of this log: it forked") == true)
    }
  }
}
