/// What a log asks of a witness: to cosign a checkpoint that goes on from the last one (C2SP tlog-witness).
///
///     old 4
///     BASE64            the consistency proof
///
///     the signed checkpoint
package struct WitnessRequest: Hashable, Sendable {
  /// The size up to which, as the log believes, the witness has seen it; 0 where it saw nothing.
  package var oldSize: UInt64
  package var proof: [Digest]
  package var checkpoint: SignedCheckpoint

  /// The specification allows no more.
  package static let maxHashes = 63
  private static let format = "request"

  package init(oldSize: UInt64, proof: [Digest], checkpoint: SignedCheckpoint) {
    self.oldSize = oldSize
    self.proof = proof
    self.checkpoint = checkpoint
  }

  /// Reads a request. Nothing is verified.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    var head = try ProofHead(bytes, Self.format, maxLines: Self.maxHashes + 1)
    let line = try head.next()
    guard let digits = line.after("old"), let size = TextLines.number(digits) else {
      throw head.error(
        "'old N' must stand here, the size that the witness saw last, not \(TextLines.shown(line))")
    }
    oldSize = size
    proof = try head.hashes(limit: Self.maxHashes)
    checkpoint = try head.checkpoint()
  }

  /// As it is written.
  package var bytes: [UInt8] {
    let hashes = proof.map { $0.base64 + "\n" }.joined()
    return Array("old \(oldSize)\n\(hashes)\n".utf8) + checkpoint.bytes
  }
}

/// The last checkpoint of a log that a witness cosigned.
package struct WitnessRecord: Hashable, Sendable {
  package var checkpoint: SignedCheckpoint
  /// When it was cosigned, in seconds since 1970-01-01T00:00:00Z.
  package var time: UInt64

  package init(checkpoint: SignedCheckpoint, time: UInt64) {
    self.checkpoint = checkpoint
    self.time = time
  }

  /// How much of the log the witness saw.
  package var head: TreeHead { checkpoint.checkpoint.head }
}

/// Why a witness does not cosign.
package enum WitnessRefusal: Error, Hashable, Sendable {
  /// It knows no key of this log.
  case unknownLog(String)
  /// No key that it knows has signed the checkpoint.
  case wrongSignature(NoteFlaw)
  /// The old size is larger than the new: the request makes no sense.
  case oldSizeTooLarge(old: UInt64, size: UInt64)
  /// The proof begins at another size than the one that the witness saw last.
  case outOfDate(old: UInt64, known: UInt64)
  /// The same size, and another root.
  case forked(size: UInt64, known: Digest, shown: Digest, since: UInt64)
  /// Fewer records than the witness saw.
  case shrank(known: UInt64, shown: UInt64, since: UInt64)
  /// What the witness saw is not the beginning of what it is shown, as far as the proof says.
  case notConsistent(known: UInt64, shown: UInt64, ProofFlaw)
  /// Nothing was shown for longer than it should have been.
  case wentQuiet(since: UInt64, seconds: UInt64, limit: UInt64)
  /// The witness's own clock is behind the time of its last cosignature.
  case clockWentBack(last: UInt64, now: UInt64)
}

/// Decides whether to cosign: a pure function of what was seen last, what is shown now, and the time.
package struct Witness: Sendable {
  /// Signs; a key for cosignatures.
  package let key: SignerKey
  /// The logs that it knows.
  package let logs: [VerifierKey]
  /// How long a log may show nothing, in seconds; nil where that does not matter.
  package let quietLimit: UInt64?

  package init(key: SignerKey, logs: [VerifierKey], quietLimit: UInt64? = nil) {
    self.key = key
    self.logs = logs
    self.quietLimit = quietLimit
  }

  /// The cosignature, and what the witness must store before it hands that out.
  ///
  /// `known` is what it stored last for this log, nil where it saw nothing of it; `time` is now, in seconds since
  /// 1970-01-01T00:00:00Z.
  package func decide(
    _ request: WitnessRequest, known: WitnessRecord?, at time: UInt64
  ) throws(WitnessRefusal) -> (cosignature: NoteSignature, record: WitnessRecord) {
    let shown = request.checkpoint.checkpoint
    let keys = logs.filter { $0.name.text.utf8.elementsEqual(shown.origin.utf8) }
    if keys.isEmpty { throw .unknownLog(shown.origin) }
    do throws(NoteFlaw) {
      _ = try request.checkpoint.note.verify(with: keys)
    } catch {
      throw .wrongSignature(error)
    }
    try checkGrowth(request, known, at: time)
    do throws(NoteFlaw) {
      let cosignature = try request.checkpoint.note.cosignature(by: key, at: time)
      return (cosignature, WitnessRecord(checkpoint: request.checkpoint, time: time))
    } catch {
      throw .wrongSignature(error)
    }
  }

  /// What proves most against the log comes first: a fork and a loss show without any proof.
  private func checkGrowth(
    _ request: WitnessRequest, _ known: WitnessRecord?, at time: UInt64
  ) throws(WitnessRefusal) {
    let shown = request.checkpoint.checkpoint.head
    let last = known?.head ?? .empty
    if let known {
      if shown.size < last.size { throw .shrank(known: last.size, shown: shown.size, since: known.time) }
      if shown.size == last.size, shown.root != last.root {
        throw .forked(size: shown.size, known: last.root, shown: shown.root, since: known.time)
      }
      if time < known.time { throw .clockWentBack(last: known.time, now: time) }
      if let quietLimit, time - known.time > quietLimit {
        throw .wentQuiet(since: known.time, seconds: time - known.time, limit: quietLimit)
      }
    }
    if request.oldSize > shown.size { throw .oldSizeTooLarge(old: request.oldSize, size: shown.size) }
    if request.oldSize != last.size { throw .outOfDate(old: request.oldSize, known: last.size) }
    do throws(ProofFlaw) {
      if last.size > 0 {
        try ProofCheck.consistency(from: last, to: shown, proof: request.proof)
      } else if !request.proof.isEmpty {
        throw .wrongLength(hashes: request.proof.count)
      } else if shown.size == 0, shown.root != MerkleHash.empty {
        throw .wrongRoot
      }
    } catch {
      throw .notConsistent(known: last.size, shown: shown.size, error)
    }
  }
}
