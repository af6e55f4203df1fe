import ArgumentParser
import Evidence
import Exchange
import Presentation

/// `workledger verify-proof FILE --key VKEY`
struct VerifyProofCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-proof", abstract: "Check a proof or a bundle of evidence; needs no ledger.",
    usage: "workledger verify-proof <file> --key <vkey> [<options>]",
    discussion: """
      FILE is a .tlog-proof or a bundle; '-' is standard input. Says what was proven, and what was not. Exits \
      with 6 where anything in it does not hold.

      --key is the log's public key, NAME+ID+KEY, from somebody whom you trust and not from whom you check. With \
      --policy (a C2SP tlog-policy) a quorum of witnesses must have cosigned, too; its logs are trusted as --key is.

      EXAMPLES:
        workledger verify-proof 17.tlog-proof --key "$VKEY"
        workledger verify-proof answer.json --key "$VKEY" --policy trust.policy
        workledger verify-proof 17.tlog-proof --key "$VKEY" --entry record.bin
      """)

  @Argument(help: "The proof or bundle; '-' is standard input.", completion: .file()) var file: String
  @Option(help: ArgumentHelp("The log's public key.", valueName: "vkey"), transform: KeyInput.verifier)
  var key: VerifierKey?
  @Option(help: ArgumentHelp("Whose signatures are needed.", valueName: "file"), completion: .file())
  var policy: String?
  @Option(
    help: ArgumentHelp("The record that a .tlog-proof is about, where it has none.", valueName: "file"),
    completion: .file())
  var entry: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if key == nil, policy == nil {
      throw ValidationError("give the log's key with --key, or a --policy that has it")
    }
  }

  func run() throws {
    let trust = try policy.map(readPolicy)
    let bytes = try WholeFile.read(file, limit: EvidenceBundle.maxBytes)
    let report: EvidenceReport
    do {
      report = try check(bytes, trust)
    } catch let flaw as FormatError {
      throw doesNotHold("\(flaw)")
    } catch let flaw as NoteFlaw {
      throw doesNotHold("the checkpoint: \(flaw)")
    } catch let flaw as PolicyFlaw {
      throw doesNotHold("the checkpoint: \(flaw)")
    } catch let flaw as ProofFlaw {
      throw doesNotHold("\(flaw)")
    } catch let flaw as BundleFlaw {
      throw doesNotHold("\(flaw)")
    }
    try printOne(output.output, text: { report.writeText(to: &$0, $1) }, json: { report.write(to: &$0) })
  }

  private func readPolicy(_ path: String) throws -> TrustPolicy {
    do {
      return try TrustPolicy(parsing: try WholeFile.read(path, limit: 1 << 20))
    } catch let flaw as FormatError {
      throw Failure(.failed, "\(path): \(flaw)")
    }
  }

  private func check(_ bytes: [UInt8], _ trust: TrustPolicy?) throws -> EvidenceReport {
    if bytes.starts(with: LogProof.mark.utf8) { return try checkProof(try LogProof(parsing: bytes), trust) }
    guard bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") else {
      throw Failure(.failed, "\(file) is neither a .tlog-proof nor a bundle (\(EvidenceBundle.format))")
    }
    if entry != nil { throw Failure(.usage, "a bundle has its records; --entry is for a .tlog-proof") }
    let bundle = try EvidenceBundle(json: bytes)
    let report = try signed(bundle.checkpoint, trust)
    return report(.bundle(try CheckedBundle(checking: bundle)))
  }

  private func checkProof(_ proof: LogProof, _ trust: TrustPolicy?) throws -> EvidenceReport {
    let report = try signed(proof.checkpoint, trust)
    let given = try entry.map { try WholeFile.read($0, limit: EntryBundle.maxEntryBytes) }
    guard let record = given ?? proof.extra else {
      throw Failure(.usage, "\(file) does not have the record itself; give it with --entry")
    }
    try proof.check(entry: record)
    return report(.record(position: proof.index + 1, bytes: record))
  }

  /// Checks the signatures; the rest of the report is for the caller to add.
  private func signed(
    _ checkpoint: SignedCheckpoint, _ trust: TrustPolicy?
  ) throws -> (EvidenceReport.Content) -> EvidenceReport {
    var log = key
    var cosignatures: [VerifiedSignature] = []
    if let key { try checkpoint.verify(log: key) }
    if let trust {
      let result = try trust.check(checkpoint, log: key)
      (log, cosignatures) = (key ?? result.log, result.cosignatures)
    }
    guard let log else { preconditionFailure("a key or a policy was given") }
    return {
      EvidenceReport(
        checkpoint: checkpoint.checkpoint, log: log, cosignatures: cosignatures, hasPolicy: trust != nil,
        content: $0)
    }
  }

  private func doesNotHold(_ reason: String) -> Failure {
    Failure(.differs, "the evidence does not hold: \(reason)")
  }
}
