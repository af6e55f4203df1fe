import Evidence
import Foundation
import LedgerTestSupport
import Testing

struct `A witness at the command line` {
  private let run: CommandLineRun
  private let key: String

  init() throws {
    run = try CommandLineRun(empty: true)
    let made = try run.run(
      "witness", "init", "--name", "w1.example", "--store", run.folder + "/store", "--key-file",
      run.folder + "/key")
    #expect(made.status == 0, "\(made.errors)")
    key = String(made.output.dropLast())
  }

  private func contents(_ name: String) throws -> String {
    try String(contentsOfFile: run.folder + "/" + name, encoding: .utf8)
  }

  private func request(from old: Int, to size: Int) throws -> WitnessRequest {
    let plan = try #require(ProofPlan.consistency(from: UInt64(old), to: UInt64(size)))
    let hashes = plan.proof { subtreeRoot($0, Golden.leafHashes) }
    return WitnessRequest(oldSize: UInt64(old), proof: hashes, checkpoint: try Golden.signed(size))
  }

  private func add(_ request: WitnessRequest, _ more: String..., log: String = Golden.logKey) throws
    -> OtherProgram
  {
    try run.run(
      [
        "witness", "add-checkpoint", "-", "--log", log, "--store", run.folder + "/store", "--key-file",
        run.folder + "/key",
      ] + more, input: String(decoding: request.bytes, as: UTF8.self))
  }

  private func show(_ more: String...) throws -> OtherProgram {
    try run.run(["witness", "show", "--store", run.folder + "/store"] + more)
  }

  @Test func `has a key that only its owner can read, and is made once`() throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: run.folder + "/key")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try SignerKey(parsing: String(try contents("key").dropLast())).verifier.description == key)
    #expect(try WitnessStore(parsing: Array(try contents("store").utf8)).witness.description == key)
    let (before, store) = (try contents("key"), try contents("store"))
    let options = ["--store", run.folder + "/store", "--key-file", run.folder + "/key"]
    let again = try run.run(["witness", "init", "--name", "w1.example"] + options)
    #expect(again.status == 0 && again.output == key + "\n")
    #expect(again.errors == "the witness was there already; nothing was changed\n")
    #expect(try run.run(["witness", "init", "--name", "w2.example"] + options).status == 1)
    try FileManager.default.removeItem(atPath: run.folder + "/store")
    #expect(try run.run(["witness", "init", "--name", "w1.example"] + options).status == 1)
    #expect(try contents("key") == before)
    try store.write(toFile: run.folder + "/store", atomically: false, encoding: .utf8)
    #expect(try run.run(["witness", "init", "--name", "w 1"] + options).status == 64)
  }

  @Test func `cosigns what goes on from what it saw, and remembers`() throws {
    #expect(try show().errors == "w1.example has cosigned nothing yet\n")
    let witness = try VerifierKey(parsing: key)
    for (old, size) in [(0, 3), (3, 8), (8, 8)] {
      let result = try add(try request(from: old, to: size))
      #expect(result.status == 0 && result.errors == "", "\(result.errors)")
      let text = String(decoding: try Golden.signed(size).bytes, as: UTF8.self) + result.output
      let cosigned = try SignedCheckpoint(parsing: Array(text.utf8))
      #expect(try cosigned.note.verify(with: [witness]).count == 1)
    }
    let shown = try show("-o", "json").json()
    #expect(shown["witness"] as? String == key)
    let item = try #require((shown["items"] as? [[String: Any]])?.first)
    #expect(item["log"] as? String == "example.com/ledger" && item["size"] as? Int == 8)
    #expect(try show().output.hasPrefix("LOG                 RECORDS  COSIGNED"))
    #expect(!FileManager.default.fileExists(atPath: run.folder + "/store.new"))
  }

  @Test func `says how a log forked, shrank or asks for what it can't have`() throws {
    #expect(try add(try request(from: 0, to: 4)).status == 0)
    let before = try contents("store")
    let root = MerkleHash.leaf(Array("another history".utf8))
    let fork = try SignedCheckpoint(TreeHead(size: 4, root: root), signedBy: try Golden.logSigner())
    let forked = try add(WitnessRequest(oldSize: 4, proof: [], checkpoint: fork))
    #expect(forked.status == 6 && forked.output == "")
    #expect(
      stable(forked.errors).contains("not cosigned: example.com/ledger forked. At <time> it had 4 records"))
    let shrunk = try add(try request(from: 3, to: 3))
    #expect(shrunk.status == 6)
    #expect(
      stable(shrunk.errors).contains("example.com/ledger shrank. At <time> it had 4 records, and now 3"))
    let longFork = try SignedCheckpoint(TreeHead(size: 8, root: root), signedBy: try Golden.logSigner())
    let other = try add(
      WitnessRequest(oldSize: 4, proof: try request(from: 4, to: 8).proof, checkpoint: longFork))
    #expect(other.status == 6)
    #expect(
      other.errors.contains("it is not proven that the 4 records seen before are the beginning of these 8"))
    let late = try add(try request(from: 3, to: 8))
    #expect(late.status == 4 && late.errors.contains("send the proof from 4"))
    let unknown = try add(try request(from: 4, to: 8), log: Golden.logKey.replacing("ledger", with: "ledgex"))
    #expect(unknown.status == 64, "its ID is not that of its name")
    let key = try Golden.logSigner().verifier
    let name = try #require(KeyName("example.com/other"))
    let stranger = VerifierKey(name: name, algorithm: .ed25519, publicKey: key.publicKey)
    #expect(try add(try request(from: 4, to: 8), log: stranger.description).status == 3)
    let twin = VerifierKey(name: key.name, algorithm: .ed25519, publicKey: MerkleHash.empty)
    #expect(try add(try request(from: 4, to: 8), log: twin.description).status == 6)
    #expect(try contents("store") == before, "a refusal changes nothing")
    #expect(try add(try request(from: 4, to: 8)).status == 0)
  }

  @Test func `cosigns one of several requests that come at once`() throws {
    #expect(try add(try request(from: 0, to: 4)).status == 0)
    let file = run.folder + "/request"
    try Data(try request(from: 4, to: 8).bytes).write(to: URL(fileURLWithPath: file))
    let processes = try (0..<6).map { _ in
      try run.process([
        "witness", "add-checkpoint", file, "--log", Golden.logKey, "--store", run.folder + "/store",
        "--key-file",
        run.folder + "/key",
      ])
    }
    for process in processes {
      (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
      try process.run()
    }
    for process in processes { process.waitUntilExit() }
    #expect(processes.map(\.terminationStatus).sorted() == [0, 4, 4, 4, 4, 4])
  }

  @Test func `says when a log went quiet`() throws {
    #expect(try add(try request(from: 0, to: 4)).status == 0)
    var store = try WitnessStore(parsing: Array(try contents("store").utf8))
    store.set(WitnessRecord(checkpoint: try Golden.signed(4), time: Golden.time))
    try Data(store.bytes).write(to: URL(fileURLWithPath: run.folder + "/store"))
    let quiet = try add(try request(from: 4, to: 8), "--active-since", "7d")
    #expect(quiet.status == 6)
    #expect(
      quiet.errors.contains("example.com/ledger went quiet at 2023-11-14T22:13:20Z, for "), "\(quiet.errors)")
    let shown = try show("--active-since", "7d")
    #expect(shown.status == 6 && shown.errors.contains("by example.com/ledger"))
    #expect(try add(try request(from: 4, to: 8)).status == 0)
    #expect(try show("--active-since", "7d").status == 0)
    #expect(try add(try request(from: 8, to: 8), "--active-since", "7d").status == 0)
  }

  @Test func `refuses a store that is not whole, or not its own`() throws {
    #expect(try add(try request(from: 0, to: 4)).status == 0)
    let whole = Array(try contents("store").utf8)
    var changed = whole
    changed[whole.count / 2] ^= 1
    for bytes in [changed, Array(whole.dropLast(70)), []] {
      try Data(bytes).write(to: URL(fileURLWithPath: run.folder + "/store"))
      let result = try add(try request(from: 4, to: 8))
      #expect(result.status == 1 && result.errors.contains("witness store"), "\(result.errors)")
    }
    try Data(WitnessStore(witness: try Golden.witness().verifier).bytes).write(
      to: URL(fileURLWithPath: run.folder + "/store"))
    #expect(try add(try request(from: 0, to: 4)).status == 64)
    try FileManager.default.removeItem(atPath: run.folder + "/store")
    let none = try add(try request(from: 0, to: 4))
    #expect(none.status == 3 && none.errors.contains("make one with 'workledger witness init'"))
  }
}
