import ArgumentParser
import Evidence
import Presentation
import WorkloadModel

/// `workledger witness add-checkpoint FILE`
struct WitnessAddCheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-checkpoint", abstract: "Cosign a checkpoint, or refuse and say why.",
    usage: "workledger witness add-checkpoint <file> --log <vkey> <options>",
    discussion: """
      FILE has the size that the witness saw last, the consistency proof from there, and the checkpoint, as C2SP \
      tlog-witness has it; '-' is standard input. Prints the cosignature, a line to be put under the checkpoint.

      Exits with 6 when the log forked, shrank or showed nothing since --active-since, with 4 when the proof \
      begins elsewhere than where the witness stopped, with 3 when it does not know the log.

      EXAMPLES:
        workledger witness add-checkpoint request.txt --log "$VKEY" \\
          --store w1.store --key-file w1.key >> checkpoint
      """)

  @Argument(help: "The request; '-' is standard input.", completion: .file()) var file: String
  @Option(
    help: ArgumentHelp("The public key of a log to be cosigned; may be repeated.", valueName: "vkey"),
    transform: KeyInput.verifier)
  var log: [VerifierKey]
  @OptionGroup var witness: WitnessOptions
  @Option(help: ArgumentHelp("The witness's private key.", valueName: "file"), completion: .file())
  var keyFile: String
  @Option(
    help: ArgumentHelp("Refuse a log that showed nothing since: \(TimeInput.help).", valueName: "time"),
    transform: TimeInput.parse)
  var activeSince: TimeInput?

  func run() throws {
    let key = try KeyInput.signer(file: keyFile)
    guard key.verifier.algorithm == .cosignature else {
      throw Failure(.usage, "\(keyFile) has the key of a log; a witness needs one for cosignatures")
    }
    let request: WitnessRequest
    do {
      request = try WitnessRequest(parsing: try WholeFile.read(file, limit: SignedNote.maxBytes + 4096))
    } catch let flaw as FormatError {
      throw Failure(.failed, "\(file): \(flaw)")
    }
    // From reading what was seen last to storing what is seen now nobody else may cosign.
    let cosignature = try WholeFile.locked(witness.store) { try decide(request, key) }
    try StandardOutput.write(Array(cosignature.line.utf8))
  }

  private func decide(_ request: WitnessRequest, _ key: SignerKey) throws -> NoteSignature {
    var store = try witness.read()
    guard store.witness == key.verifier else {
      throw Failure(.usage, "\(witness.store) is of \(store.witness), and \(keyFile) of \(key.verifier)")
    }
    let now = UInt64(clamping: System.now.microseconds / 1_000_000)
    let limit = activeSince.map { now - min(now, UInt64(clamping: $0.time.microseconds / 1_000_000)) }
    do {
      let decider = Witness(key: key, logs: log, quietLimit: limit)
      let known = store[request.checkpoint.checkpoint.origin]
      let answer = try decider.decide(request, known: known, at: now)
      store.set(answer.record)
      try WholeFile.replace(witness.store, store.bytes, mode: 0o644)
      return answer.cosignature
    } catch let refusal as WitnessRefusal {
      throw Failure(refusal, origin: request.checkpoint.checkpoint.origin)
    }
  }
}

extension Failure {
  /// What a witness says instead of cosigning.
  fileprivate init(_ refusal: WitnessRefusal, origin: String) {
    let origin = HumanText.visible(origin)
    switch refusal {
    case .unknownLog:
      self.init(.notFound, "the witness does not know the log \(origin); give its key with --log")
    case .wrongSignature(let flaw): self.init(.differs, "not cosigned: \(flaw)")
    case .oldSizeTooLarge(let old, let size):
      self.init(
        .failed, "the request makes no sense: its old size, \(old), is above the checkpoint's, \(size)")
    case .outOfDate(let old, let known):
      self.init(
        .conflict, "the proof begins at \(old), and the witness saw \(known); send the proof from \(known)")
    case .forked(let size, let known, let shown, let since):
      self.init(
        .differs,
        "not cosigned: \(origin) forked. At \(Self.time(since)) it had \(HumanText.count(size, "record")) with the "
          + "root \(known.base64), and now as many with the root \(shown.base64)")
    case .shrank(let known, let shown, let since):
      self.init(
        .differs,
        "not cosigned: \(origin) shrank. At \(Self.time(since)) it had \(HumanText.count(known, "record")), and "
          + "now \(HumanText.number(shown)); or this is an old checkpoint")
    case .notConsistent(let known, let shown, let flaw):
      self.init(
        .differs,
        "not cosigned: it is not proven that the \(HumanText.count(known, "record")) seen before are the beginning "
          + "of these \(HumanText.number(shown)): \(flaw)")
    case .wentQuiet(let since, let seconds, _):
      let duration = HumanText.duration(microseconds: Int64(clamping: seconds) &* 1_000_000)
      self.init(
        .differs,
        "not cosigned: \(origin) went quiet at \(Self.time(since)), for \(duration); ask why, and then cosign "
          + "without --active-since")
    case .clockWentBack(let last, let now):
      self.init(
        .failed, "the clock says \(Self.time(now)), and the last cosignature is of \(Self.time(last))")
    }
  }

  private static func time(_ seconds: UInt64) -> String {
    let (microseconds, overflow) = Int64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000)
    let time = Timestamp(microseconds: microseconds)
    return overflow || !time.isValid ? "second \(seconds)" : HumanText.time(time)
  }
}
