import Evidence
import Exchange
import Ledger
import LedgerTestSupport
import Testing

/// The file `private/state-N` of a backup.
struct `The state in a backup` {
  /// Of the ledger of the storage vectors, with the seed 00 01 … 1F.
  private func state(tokens: [UInt8]? = Array("workledger-tokens 1\n".utf8)) throws -> BackupState {
    let name = try #require(KeyName("example.com/ledger"))
    let key = try #require(SignerKey(name: name, algorithm: .ed25519, seed: (0..<32).map { $0 }))
    let checkpoints = try [2, 3].map { size in
      let leaves = (0..<size).map { MerkleHash.leaf(TreeVectors.decimalLeaf($0)) }
      var range = CompactRange()
      for leaf in leaves { range.append(leaf) }
      return try SignedCheckpoint(range.head, signedBy: key)
    }
    return BackupState(checkpoints: checkpoints, signingKey: key, tokens: tokens)
  }

  @Test func `is read as it was written`() throws {
    for state in [try state(), try state(tokens: nil)] {
      let read = try BackupState(parsing: state.bytes)
      #expect(read.bytes == state.bytes)
      #expect(read.checkpoints == state.checkpoints && read.tokens == state.tokens)
      #expect(read.signingKey.secretText == state.signingKey.secretText)
    }
    let lines = String(decoding: try state().bytes, as: UTF8.self).split(separator: "\n")
    #expect(
      lines.map { $0.prefix { $0 != " " } } == [
        "workledger-backup@v1", "signing-key", "tokens", "checkpoint", "checkpoint", "sum",
      ])
    #expect(
      lines[1]
        == "signing-key PRIVATE+KEY+example.com/ledger+93727de6+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")
    #expect(lines[2] == "tokens d29ya2xlZGdlci10b2tlbnMgMQo=")
  }

  @Test func `is refused where a byte was changed, left out or put in`() throws {
    var random = SeededRandom(seed: testSeed())
    let bytes = try state().bytes
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1 << random.below(8)
      #expect(throws: FormatError.self) { try BackupState(parsing: changed) }
      #expect(throws: FormatError.self) { try BackupState(parsing: Array(bytes[..<place])) }
    }
    #expect(throws: FormatError.self) { try BackupState(parsing: bytes + [0x0A]) }
    #expect(throws: FormatError.self) { try BackupState(parsing: []) }
  }
}
