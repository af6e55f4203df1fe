import Evidence
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A proof from a ledger` {
  @Test func `holds for every record, under every later checkpoint that is asked for`() throws {
    let seed = testSeed()
    let sound = try SoundLedger(seed: seed)
    let records = try sound.records()
    let older = try #require(try sound.kept().first)
    let ledger = try Ledger(path: sound.path)
    let newest = sound.newest.checkpoint.head
    for position in 1...sound.last {
      let proof = try ledger.prove(position, in: sound.newest)
      #expect(proof.index == position - 1 && proof.extra == records[Int(position) - 1])
      try proof.check(entry: records[Int(position) - 1])
      #expect(try LogProof(parsing: proof.bytes) == proof)
    }
    #expect(older.checkpoint.head.size < newest.size)
    for position in 1...older.checkpoint.head.size {
      try ledger.prove(position, in: older).check(entry: records[Int(position) - 1])
    }
    for position in [0, older.checkpoint.head.size + 1, .max] {
      let error = #expect(throws: LedgerError.self) { _ = try ledger.prove(position, in: older) }
      #expect(
        error?.message
          == "no record (the checkpoint has \(older.checkpoint.head.size)) at position '\(position)'")
    }
  }

  @Test func `fails with any one byte changed, taken out or put in`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let sound = try SoundLedger(seed: seed)
    let ledger = try Ledger(path: sound.path)
    let proof = try ledger.prove(1 + UInt64(random.below(Int(sound.last))), in: sound.newest)
    let key = sound.keys[1]
    var count = 0
    mutations(proof.bytes) { bytes, index in
      count += 1
      guard let changed = try? LogProof(parsing: bytes), let entry = changed.extra else { return }
      let holds =
        (try? changed.checkpoint.verify(log: key)) != nil && (try? changed.check(entry: entry)) != nil
      #expect(!holds || changed == proof, "byte \(index), seed \(seed)")
    }
    #expect(count > 5 * 300)
  }

  @Test func `of consistency holds from every size to every later one that is a checkpoint`() throws {
    let seed = testSeed()
    let sound = try SoundLedger(seed: seed, batches: 20)
    let leaves = try sound.records().map { MerkleHash.leaf($0) }
    let ledger = try Ledger(path: sound.path)
    var heads: [TreeHead] = []
    var range = CompactRange()
    for leaf in leaves {
      range.append(leaf)
      heads.append(TreeHead(size: range.count, root: range.root))
    }
    // Checkpoints of every size, as somebody who had asked after each record would have them.
    let signer = try SignerKey(
      parsing: String(decoding: readFile(sound.path + "/signing-key").dropLast(), as: UTF8.self))
    for new in heads {
      let checkpoint = try SignedCheckpoint(new, signedBy: signer)
      for old in heads[..<Int(new.size)] {
        let request = try ledger.proveConsistency(from: old.size, in: checkpoint)
        #expect(request.oldSize == old.size && request.checkpoint == checkpoint)
        #expect(throws: Never.self, "\(old.size) to \(new.size), seed \(seed)") {
          try ProofCheck.consistency(from: old, to: new, proof: request.proof)
        }
      }
    }
    let error = #expect(throws: LedgerError.self) {
      _ = try ledger.proveConsistency(from: sound.last + 1, in: sound.newest)
    }
    #expect(
      error?.message
        == "the log has \(sound.last) records; an old checkpoint has no more, not \(sound.last + 1)")
    #expect(try ledger.proveConsistency(from: 0, in: sound.newest).proof == [])
  }

  @Test func `under another ledger's checkpoint is refused`() throws {
    let (one, other) = (try SoundLedger(seed: 1, batches: 4), try SoundLedger(seed: 2, batches: 12))
    let (ledger, theirs) = (try Ledger(path: one.path), try Ledger(path: other.path))
    let larger = #expect(throws: LedgerError.self) { _ = try ledger.prove(1, in: other.newest) }
    #expect(
      larger
        == .evidence(
          "the checkpoint has \(other.last) records and this log has \(one.last): one was rolled back"))
    let smaller = #expect(throws: LedgerError.self) {
      _ = try theirs.proveConsistency(from: 1, in: one.newest)
    }
    #expect(
      smaller
        == .evidence("the checkpoint's root is not that of this log's first \(one.last) records: they forked")
    )
  }

  @Test func `for all of a workload or project shows every record, and lacks none`() throws {
    let seed = testSeed()
    let sound = try SoundLedger(seed: seed)
    let older = try #require(try sound.kept().first)
    let ledger = try Ledger(path: sound.path)
    var workloads: [WorkloadID: [UInt64]] = [:]
    var projects: [String: [UInt64]] = [:]
    try ledger.history(HistoryQuery()) { event in
      if let subject = event.subject { workloads[subject, default: []].append(event.position) }
      projects[event.project ?? "unknown", default: []].append(event.position)
      return true
    }
    var random = SeededRandom(seed: seed)
    for id in workloads.keys.sorted().shuffled(using: &random).prefix(testRounds(25)) {
      // A refusal about an id that was never created belongs to no timeline.
      guard let details = try? ledger.details(id, now: .latest) else { continue }
      let positions = details.timeline.map(\.position)
      try check(try ledger.bundle(workload: id, question: "all", in: sound.newest), positions, sound, seed)
      let known = positions.filter { $0 <= older.checkpoint.head.size }
      if !known.isEmpty {
        try check(try ledger.bundle(workload: id, question: "then", in: older), known, sound, seed)
      }
    }
    for (project, positions) in projects {
      try check(
        try ledger.bundle(project: project, question: "all", in: sound.newest), positions, sound, seed)
    }
  }

  private func check(
    _ bundle: EvidenceBundle, _ positions: [UInt64], _ sound: SoundLedger, _ seed: UInt64
  ) throws {
    #expect(bundle.records.map(\.position) == positions, "seed \(seed)")
    let checked = try CheckedBundle(checking: bundle)
    #expect(try bundle.checkpoint.note.verify(with: sound.keys).isEmpty == false)
    #expect(checked.facts.flatMap(\.names).allSatisfy { !checked.name($0).hasPrefix("name-") })
    // One record less is noticed, whichever it is, but the newest: the bundle says that it proves nothing there.
    for index in positions.indices.dropLast() {
      var shorter = bundle
      shorter.records.remove(at: index)
      #expect((try? CheckedBundle(checking: shorter)) == nil, "without \(positions[index]), seed \(seed)")
    }
    for index in positions.indices {
      var changed = bundle
      changed.records[index].record[changed.records[index].record.count - 1] ^= 1
      #expect((try? CheckedBundle(checking: changed)) == nil, "\(positions[index]) changed, seed \(seed)")
    }
  }

  @Test func `for the answer of a query has its events and claims nothing of others`() throws {
    let sound = try SoundLedger(seed: testSeed())
    let ledger = try Ledger(path: sound.path)
    var query = HistoryQuery()
    query.kinds = [.deleted, .deleteRequested]
    query.isReverse = true
    query.limit = 5
    var expected: [UInt64] = []
    try ledger.history(query) { event in
      expected.append(event.position)
      return true
    }
    let bundle = try ledger.bundle(query, question: "deletions", in: sound.newest)
    #expect(bundle.records.map(\.position) == expected.sorted() && bundle.completeness == .none)
    _ = try CheckedBundle(checking: bundle)
    query.actor = "nobody"
    #expect(throws: LedgerError.notFound(kind: "record that answers", name: "none")) {
      _ = try ledger.bundle(query, question: "none", in: sound.newest)
    }
    let long = String(repeating: "x", count: EvidenceBundle.maxQuestion + 1)
    #expect(throws: LedgerError.self) {
      _ = try ledger.bundle(HistoryQuery(), question: long, in: sound.newest)
    }
  }
}

extension SoundLedger {
  /// The checkpoints that were given out, the oldest first. Nobody may have the ledger open.
  func kept() throws -> [SignedCheckpoint] {
    try RawTables(logOf: path).entries("checkpoints", .integer).map {
      try SignedCheckpoint(parsing: $0.value)
    }
  }

  /// The bytes of all records. Nobody may have the ledger open.
  func records() throws -> [[UInt8]] {
    try RawTables(logOf: path).entries("events", .integer).map(\.value)
  }
}
