import Evidence
import Exchange
import Foundation
import LedgerTestSupport
import Presentation
import Testing

struct `Verifying a proof` {
  private let run: CommandLineRun
  private let log = SampleLog()

  init() throws { run = try CommandLineRun(empty: true) }

  private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = run.folder + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func bundle(_ kind: Completeness) throws -> [UInt8] {
    var json = JSONWriter()
    try log.bundle(kind).write(to: &json)
    return json.bytes
  }

  private func proof(extra: Bool = true) throws -> LogProof {
    let proven = try log.proven(6)
    return LogProof(
      extra: extra ? proven.record : nil, index: 5, hashes: proven.proof, checkpoint: try log.signed())
  }

  private func verify(_ path: String, _ more: String..., key: String = Golden.logKey) throws -> OtherProgram {
    try run.run(["verify-proof", path, "--key", key] + more)
  }

  @Test func `of one record says what was proven and what was not`() throws {
    let result = try verify(try file("6.tlog-proof", try proof().bytes))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    let root = try log.signed().checkpoint.head.root.base64
    #expect(
      result.output == """
        Log         example.com/ledger
        Records     9
        Root        \(root)
        Signed by   \(Golden.logKey)
        Proven      When the log had 9 records, it had exactly this one at position 6.
        Not proven  That there are no other records about the same thing.

        POSITION  TIME                  EVENT    WORKLOAD  ACTOR   REPORTER  PROJECT
               6  2026-01-01T00:00:00Z  started            name 1  unknown   name 2

        """)
    let json = try verify(try file("6.tlog-proof", try proof().bytes), "-o", "json").json()
    #expect(json["position"] as? Int == 6 && json["size"] as? Int == 9)
    let record = try #require((json["records"] as? [[String: Any]])?.first)
    #expect(record["type"] as? String == "workload.started" && record["actorNumber"] as? Int == 1)
  }

  @Test func `of one record takes the record from a file`() throws {
    let bare = try file("bare.tlog-proof", try proof(extra: false).bytes)
    let missing = try verify(bare)
    #expect(missing.status == 64 && missing.errors.contains("give it with --entry"))
    let entry = try file("record", try log.proven(6).record)
    #expect(try verify(bare, "--entry", entry).status == 0)
    let other = try verify(bare, "--entry", try file("other", try log.proven(5).record))
    #expect(other.status == 6)
    #expect(
      other.errors
        == "Error: the evidence does not hold: the hashes of the proof do not lead to the root that was signed\n"
    )
  }

  @Test func `of a bundle shows the records with their names`() throws {
    let result = try verify(try file("stream.json", try bundle(.stream(5))))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains(
        """
        Proven      When the log had 9 records, it had exactly these 3 at their positions, and the names are those \
        that were registered.
        Proven      Nothing is left out of this timeline, from its beginning up to position 8.
        Not proven  That the newest record shown is the newest there is.

        POSITION  TIME                  EVENT      WORKLOAD  ACTOR  REPORTER  PROJECT
               5  2026-01-01T00:00:00Z  created    a0a1a2a3  ada    unknown   vision
               6  2026-01-01T00:00:00Z  started    a0a1a2a3  ada    unknown   vision
               8  2026-01-01T00:00:00Z  completed  a0a1a2a3  ada    unknown   vision

        """), "\(result.output)")
    #expect(result.output.contains("Question    what happened to it?␊\"all\""), "\(result.output)")
    let project = try verify(try file("project.json", try bundle(.project(2))), "-o", "json").json()
    #expect(project["completeness"] as? String == "project")
    #expect((project["proven"] as? [String])?.last?.contains("of project vision, up to position 9") == true)
    #expect((project["records"] as? [Any])?.count == 5)
    let part = try verify(try file("part.json", try bundle(.none)))
    #expect(
      part.status == 0 && part.output.contains("That these are all the records that the question asks for."))
  }

  @Test func `that does not hold exits with 6 and says where`() throws {
    var gap = try log.bundle(.stream(5))
    gap.records.remove(at: 1)
    var json = JSONWriter()
    gap.write(to: &json)
    let left = try verify(try file("gap.json", json.bytes))
    #expect(left.status == 6)
    #expect(
      left.errors
        == "Error: the evidence does not hold: record 8 comes after record 6, and record 5 is shown before it\n"
    )
    let text = String(decoding: try bundle(.stream(5)), as: UTF8.self)
    let renamed = try verify(
      try file("eve.json", Array(text.replacing("\"name\":\"ada\"", with: "\"name\":\"eve\"").utf8)))
    #expect(renamed.status == 6)
    #expect(renamed.errors.contains("name 1: the name is not the one that was registered"))
    let damaged = try verify(try file("damaged.json", Array(text.dropLast(1).utf8)))
    #expect(damaged.status == 6 && damaged.errors.contains("bundle, line 1: column"))
    let key = try Golden.logSigner().verifier
    let twin = VerifierKey(name: key.name, algorithm: .ed25519, publicKey: MerkleHash.empty)
    let forged = try verify(try file("forged.json", try bundle(.stream(5))), key: twin.description)
    #expect(forged.status == 6 && forged.errors.contains("it is not signed by example.com/ledger"))
    #expect(
      left.output + renamed.output + damaged.output + forged.output == "",
      "nothing is shown that does not hold")
  }

  @Test func `that can't be read or asked so is told apart`() throws {
    let missing = try verify(run.folder + "/none")
    #expect(missing.status == 1 && missing.errors.contains("none: No such file or directory"))
    let foreign = try verify(try file("readme", Array("hello\n".utf8)))
    #expect(foreign.status == 1 && foreign.errors.contains("is neither a .tlog-proof nor a bundle"))
    let path = try file("6.tlog-proof", try proof().bytes)
    let wrongKey = try verify(path, key: String(Golden.logKey.dropLast()))
    #expect(wrongKey.status == 64 && wrongKey.errors.contains("its key must be base64"), "\(wrongKey.errors)")
    let noKey = try run.run("verify-proof", path)
    #expect(noKey.status == 64 && noKey.errors.contains("give the log's key with --key"))
  }

  @Test func `asks for the quorum of a policy`() throws {
    let witness = try Golden.witness()
    let policy = try file(
      "trust.policy",
      Array("log \(Golden.logKey)\nwitness w \(witness.verifier)\nquorum w\n".utf8))
    var proof = try proof()
    let alone = try verify(try file("alone.tlog-proof", proof.bytes), "--policy", policy)
    #expect(alone.status == 6 && alone.errors.contains("the quorum 'w' of the policy is not met"))
    proof.checkpoint.add(try proof.checkpoint.note.cosignature(by: witness, at: Golden.time))
    let path = try file("cosigned.tlog-proof", proof.bytes)
    let cosigned = try verify(path, "--policy", policy)
    #expect(cosigned.status == 0, "\(cosigned.errors)")
    #expect(
      cosigned.output.contains(
        "Cosigned    2023-11-14T22:13:20Z by witness.example.com/w1\nPolicy      met\n"))
    #expect(try run.run("verify-proof", path, "--policy", policy).output == cosigned.output)
    let bad = try verify(path, "--policy", try file("bad.policy", Array("quorum none\nquorum none\n".utf8)))
    #expect(bad.status == 1 && bad.errors.contains("policy, line 2: there must be one quorum only"))
  }
}
