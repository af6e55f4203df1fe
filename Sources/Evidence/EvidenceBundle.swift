/// The evidence for an answer: its records, each with the proof that the log has it, the names that they use, and
/// what is claimed about completeness. `schemas/evidence.md` is the specification.
package struct EvidenceBundle: Hashable, Sendable {
  /// What was asked, in words. Nobody vouches for it.
  package var question: String
  package var checkpoint: SignedCheckpoint
  /// The answer, by ascending positions.
  package var records: [ProvenRecord]
  /// Records that are needed to read the others and are no part of the answer, by ascending positions: the first
  /// record of the log, and the creations of the workloads that the answer is about.
  package var context: [ProvenRecord]
  /// The names behind the numbers, by ascending numbers.
  package var names: [ProvenName]
  package var completeness: Completeness

  /// What stands first in the document.
  package static let format = "workledger-evidence@v1"
  /// How many records, context records and names there may be, of each.
  package static let maxItems = 100_000
  /// How long a question may be, in bytes.
  package static let maxQuestion = 4096

  package init(
    question: String, checkpoint: SignedCheckpoint, records: [ProvenRecord], context: [ProvenRecord] = [],
    names: [ProvenName] = [], completeness: Completeness = .none
  ) {
    self.question = question
    self.checkpoint = checkpoint
    self.records = records
    self.context = context
    self.names = names
    self.completeness = completeness
  }
}

/// What a bundle claims about the records that it does not show.
package enum Completeness: Hashable, Sendable {
  /// Nothing.
  case none
  /// From its creation up to the newest record shown, this is the whole timeline of the stream with this number.
  case stream(UInt64)
  /// Up to the newest record shown, this is every record of the project with this number.
  case project(UInt32)
}

/// A record, where it stands, and the proof of that.
package struct ProvenRecord: Hashable, Sendable {
  /// The position, from 1; the leaf is the one before it, from 0.
  package var position: UInt64
  package var record: [UInt8]
  /// The inclusion proof in the tree of the bundle's checkpoint.
  package var proof: [Digest]

  /// Positions are stored in 48 bits.
  package static let maxPosition: UInt64 = 0xFFFF_FFFF_FFFF

  package init(position: UInt64, record: [UInt8], proof: [Digest]) {
    self.position = position
    self.record = record
    self.proof = proof
  }
}

/// A name, with the record that registered its number.
package struct ProvenName: Hashable, Sendable {
  package var number: UInt32
  /// What it names: 1 user, 2 project, 3 cluster, 4 reporter, 5 source.
  package var nameClass: UInt8
  /// Salt and name; nil where they were destroyed.
  package var opening: Opening?
  package var registration: ProvenRecord

  /// What opens the commitment of a registration.
  package struct Opening: Hashable, Sendable {
    /// 16 bytes.
    package var salt: [UInt8]
    package var name: String

    package static let saltBytes = 16
    /// A name has 1 to this many bytes.
    package static let maxName = 256

    package init(salt: [UInt8], name: String) {
      self.salt = salt
      self.name = name
    }
  }

  package init(number: UInt32, nameClass: UInt8, opening: Opening?, registration: ProvenRecord) {
    self.number = number
    self.nameClass = nameClass
    self.opening = opening
    self.registration = registration
  }

  /// The name, or a stand-in where it was destroyed.
  package var text: String { opening?.name ?? "redacted-\(number)" }
}
