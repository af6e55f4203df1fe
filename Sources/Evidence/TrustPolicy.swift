/// Whose signatures make a checkpoint trustworthy (C2SP tlog-policy): any of the logs, and a quorum of witnesses.
///
///     log VKEY [URL]
///     witness NAME VKEY [URL]
///     group NAME K|any|all MEMBER…
///     quorum NAME|none
package struct TrustPolicy: Hashable, Sendable {
  /// A name of a witness or a group: any bytes but space and controls.
  typealias Name = [UInt8]

  struct NamedWitness: Hashable, Sendable {
    var name: Name
    var key: VerifierKey
  }

  struct Group: Hashable, Sendable {
    var name: Name
    /// How many members must have cosigned.
    var threshold: Int
    var members: [Name]
  }

  /// The logs that are accepted; the name of each key is the name of its log.
  package internal(set) var logs: [VerifierKey] = []
  var named: [NamedWitness] = []
  /// Each after its members.
  var groups: [Group] = []
  /// Nil: no cosignature is needed.
  var quorum: Name?

  /// How many logs, witnesses and groups there may be of each.
  package static let maxOfEach = 256

  /// The witnesses' keys.
  package var witnesses: [VerifierKey] { named.map(\.key) }
}

/// Why a policy is not met.
package enum PolicyFlaw: Error, Hashable, Sendable {
  /// The policy lists no key for the log of this name.
  case unknownLog(String)
  case signature(NoteFlaw)
  /// Too few witnesses cosigned, or not those that the quorum asks for.
  case noQuorum(quorum: String, cosigned: [KeyName])
}

extension PolicyFlaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownLog(let origin): "the policy does not list the log \(origin)"
    case .signature(let flaw): "\(flaw)"
    case .noQuorum(let quorum, let cosigned):
      "the quorum '\(quorum)' of the policy is not met: "
        + (cosigned.isEmpty
          ? "no witness of it cosigned" : "only \(cosigned.map(\.text).joined(separator: ", ")) cosigned")
    }
  }
}

extension TrustPolicy {
  /// Who signed, where that is enough: the log, and those of the policy's witnesses that cosigned, with the time.
  /// `log` is a key of the log beside those that the policy lists.
  package func check(
    _ checkpoint: SignedCheckpoint, log: VerifierKey? = nil
  ) throws(PolicyFlaw) -> (log: VerifierKey, cosignatures: [VerifiedSignature]) {
    let origin = checkpoint.checkpoint.origin
    let keys = (logs + (log.map { [$0] } ?? [])).filter { $0.name.text.utf8.elementsEqual(origin.utf8) }
    if keys.isEmpty { throw .unknownLog(origin) }
    let verified: [VerifiedSignature]
    do throws(NoteFlaw) {
      verified = try checkpoint.note.verify(with: keys + witnesses)
    } catch {
      throw .signature(error)
    }
    guard let signed = verified.first(where: { keys.contains($0.key) }) else {
      throw .signature(.noKnownKey(expected: keys.map(\.name)))
    }
    let cosignatures = verified.filter { !keys.contains($0.key) }
    let cosigners = Set(cosignatures.map(\.key))
    if let quorum, !isMet(quorum, by: cosigners) {
      let names = cosigners.map(\.name).sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
      throw .noQuorum(quorum: String(decoding: quorum, as: UTF8.self), cosigned: names)
    }
    return (signed.key, cosignatures)
  }

  private func isMet(_ quorum: Name, by cosigners: Set<VerifierKey>) -> Bool {
    var met = Set(named.filter { cosigners.contains($0.key) }.map(\.name))
    // Each group stands after its members, so one pass is enough.
    for group in groups where group.members.count(where: met.contains) >= group.threshold {
      met.insert(group.name)
    }
    return met.contains(quorum)
  }
}
