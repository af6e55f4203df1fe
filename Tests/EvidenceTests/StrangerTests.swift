import Evidence
import Exchange
import Foundation
import LedgerTestSupport
import Presentation
import Testing

/// `tools/verify_evidence.py` on what the Swift side makes: two implementations that share no code.
struct `A stranger's verifier` {
  static let hasPython = OtherProgram.pythonHas("cryptography")
  static let why: Comment =
    "python3 with the package cryptography is not installed; tools/setup test installs it"

  @Test(.enabled(if: hasPython, why), arguments: [9, 255, 256, 257, 600])
  func `accepts a log as tiles and prints its events`(count: Int) throws {
    let folder = TemporaryFolder()
    try Self.write(SampleLog(count: count), to: folder.path)
    try Data(SampleLog.namesNDJSON.utf8).write(to: URL(fileURLWithPath: folder.path + "/names.ndjson"))
    let result = try Self.verify([folder.path, "--names", folder.path + "/names.ndjson"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == count - 4, "all but the ledger's own record and three registrations")
    #expect(
      lines.first
        == """
        {"specversion":"1.0","id":"5","source":"urn:uuid:05050505-0505-0505-0505-050505050505",\
        "type":"workload.created","subject":"a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf","time":"2026-01-01T00:00:00Z",\
        "datacontenttype":"application/json","position":5,"recordedtime":"2026-01-01T00:00:01Z",\
        "data":{"actor":"ada","reporter":"unknown","project":"vision","version":1,"applied":true,"observed":false,\
        "name":"bert","type":"Training","cluster":"c1","owner":"ada",\
        "resources":{"cpuMillicores":8000,"memoryBytes":0,"gpuMilli":0}}}
        """)
    let quiet = try Self.verify([folder.path, "--no-events"])
    #expect(quiet.status == 0 && quiet.output == "")
  }

  @Test(.enabled(if: hasPython, why)) func `finds a changed byte in every file of a log`() throws {
    var random = SeededRandom(seed: testSeed())
    let folder = TemporaryFolder()
    let files = try Self.write(SampleLog(count: 600), to: folder.path)
    for (path, bytes) in files {
      var changed = bytes
      changed[random.below(bytes.count)] ^= 1 << random.below(8)
      try Data(changed).write(to: URL(fileURLWithPath: folder.path + "/" + path))
      let result = try Self.verify([folder.path])
      #expect(result.status == 6, "\(path): \(result.errors)")
      #expect(result.output == "", "no event is shown before all was checked")
      try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/" + path))
    }
    try FileManager.default.removeItem(atPath: folder.path + "/tile/0/001")
    #expect(try Self.verify([folder.path]).status == 6)
    try Data([]).write(to: URL(fileURLWithPath: folder.path + "/tile/0/001"))
    #expect(try Self.verify([folder.path]).status == 6)
  }

  @Test(.enabled(if: hasPython, why)) func `finds a name that was not registered`() throws {
    let folder = TemporaryFolder()
    try Self.write(SampleLog(), to: folder.path)
    let names = folder.path + "/names.ndjson"
    func verify(_ text: String) throws -> OtherProgram {
      try Data(text.utf8).write(to: URL(fileURLWithPath: names))
      return try Self.verify([folder.path, "--names", names])
    }
    #expect(try verify(SampleLog.namesNDJSON.replacing("ada", with: "eve")).status == 6)
    #expect(try verify(SampleLog.namesNDJSON.replacing("\"class\":1", with: "\"class\":2")).status == 6)
    #expect(try verify(#"{"number":4,"class":1}"#).status == 6)
    #expect(try verify("nonsense").status == 64)
    let redacted = try verify(#"{"number":1,"class":1}"#)
    #expect(redacted.status == 0 && redacted.output.contains(#""actor":"redacted-1""#))
    #expect(redacted.output.contains(#""project":"name-2""#))
  }

  @Test(.enabled(if: hasPython, why)) func `agrees about proofs`() throws {
    let folder = TemporaryFolder()
    let log = SampleLog()
    for position in 1...9 as ClosedRange<UInt64> {
      let proven = try log.proven(position)
      let proof = LogProof(
        extra: proven.record, index: position - 1, hashes: proven.proof, checkpoint: try log.signed())
      let good = try Self.verify(proof.bytes, in: folder)
      #expect(good.status == 0, "\(good.errors)")
      #expect(good.output.isEmpty == (position <= 4))
    }
    let proven = try log.proven(6)
    let proof = LogProof(extra: proven.record, index: 5, hashes: proven.proof, checkpoint: try log.signed())
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(12) {
      var changed = proof.bytes
      let place = LogProof.mark.utf8.count + 1 + random.below(changed.count - LogProof.mark.utf8.count - 1)
      changed[place] ^= 1 << random.below(8)
      #expect(try Self.verify(changed, in: folder).status == 6, "byte \(place)")
    }
  }

  @Test(.enabled(if: hasPython, why)) func `agrees about bundles`() throws {
    let folder = TemporaryFolder()
    for kind in [Completeness.stream(5), .project(2), .none] {
      let bundle = try SampleLog().bundle(kind)
      let good = try Self.verify(Self.json(bundle), in: folder)
      #expect(good.status == 0, "\(good.errors)")
      #expect(good.output.split(separator: "\n").count == bundle.records.count)
      #expect(good.output.contains(#""actor":"ada""#) && !good.output.contains("name-"))
      for change in Self.changes {
        var changed = bundle
        change(&changed)
        let isRefused = (try? CheckedBundle(checking: changed)) == nil
        let result = try Self.verify(Self.json(changed), in: folder)
        #expect(result.status == (isRefused ? 6 : 0), "\(kind): \(result.errors)")
      }
    }
  }

  private static let changes: [@Sendable (inout EvidenceBundle) -> Void] = [
    { $0.records.remove(at: 0) }, { $0.records.removeLast() }, { $0.records = [] }, { $0.context = [] },
    { $0.records.swapAt(0, 1) }, { $0.records[1].position += 1 }, { $0.records[0].record[20] ^= 1 },
    { $0.records[0].proof.removeLast() }, { $0.records[0].proof[0] = MerkleHash.empty },
    { $0.names.removeLast() }, { $0.names[0].opening = nil }, { $0.names[0].opening?.name = "eve" },
    { $0.names[0].nameClass = 2 }, { $0.names.swapAt(0, 1) }, { $0.completeness = .stream(7) },
    { $0.completeness = .project(1) }, { $0.completeness = .none },
  ]

  @Test func `has an example in the schema that the program reads`() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: packageRoot + "/schemas/evidence-bundle.json"))
    let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let example = try #require((schema["examples"] as? [Any])?.first)
    let bytes = Array(try JSONSerialization.data(withJSONObject: example))
    #expect(try EvidenceBundle(json: bytes) == SampleLog().bundle(.stream(5)))
  }

  private static func json(_ bundle: EvidenceBundle) -> [UInt8] {
    var json = JSONWriter()
    bundle.write(to: &json)
    return json.bytes
  }

  @discardableResult
  private static func write(_ log: SampleLog, to folder: String) throws -> [(path: String, bytes: [UInt8])] {
    let files = try log.files()
    for (path, bytes) in files {
      let url = URL(fileURLWithPath: folder + "/" + path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    return files
  }

  private static func verify(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> OtherProgram {
    let path = folder.path + "/evidence"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try verify([path])
  }

  private static func verify(_ arguments: [String]) throws -> OtherProgram {
    try .python([packageRoot + "/tools/verify_evidence.py"] + arguments + ["--key", Golden.logKey])
  }
}
