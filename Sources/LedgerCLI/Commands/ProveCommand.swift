import ArgumentParser
import Evidence
import Exchange
import Ledger
import Presentation

/// `workledger prove POSITION`
struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Make evidence that a stranger can check without this program.",
    usage: """
      workledger prove <position> [<options>]
      workledger prove --workload <w> | --project <p> [<options>]
      workledger prove --query [<filters>] [<options>]
      workledger prove --consistency <old> [<options>]
      """,
    discussion: """
      A position gives a .tlog-proof: the record, its place in the log, and a signed checkpoint (C2SP tlog-proof).

      --workload and --project give a bundle (JSON): all records, each with its proof, the names in them, and the \
      claim that nothing between them was left out. That follows from the records: each names the one before it in \
      its stream and in its project, under the tree. It does not prove that nothing came after the newest one shown; \
      ask again with a newer checkpoint for that. Nor does it prove that what was reported is true: it proves what \
      was written down, by whom as the ledger knew them, and that it was not edited since.

      --query gives a bundle of the events that 'workledger history' prints with the same filters. It proves each of \
      them, and says nothing about completeness: that no other event fits the filters, nobody can see from it.

      --consistency gives what a witness takes: that the log only grew since an old checkpoint, a file or a size.

      Everything is proven under a new checkpoint, or under that of --checkpoint.

      EXAMPLES:
        workledger prove 4711 > 4711.tlog-proof
        workledger prove --workload bert > bert.evidence.json
        workledger verify-proof bert.evidence.json --key "$(cat ledger.vkey)"
        workledger prove --query --actor alice --action deleted --since 30d > alice.evidence.json
        workledger prove --consistency january.checkpoint > request
      """)

  @Argument(help: "The position of a record.") var position: UInt64?
  @Option(
    help: ArgumentHelp("All records of this workload, complete; with --query, its events.", valueName: "w"),
    completion: Completions.workloads)
  var workload: String?
  @Option(
    help: ArgumentHelp("All records of this project, complete; with --query, its events.", valueName: "p"),
    completion: Completions.projects)
  var project: String?
  @Flag(help: "The events that the filters of 'workledger history' find; not complete.") var query = false
  @OptionGroup var filters: HistoryFilterOptions
  @Option(
    help: ArgumentHelp("That the log grew from here: a checkpoint's file, or a size.", valueName: "old"),
    completion: .file())
  var consistency: String?
  @Option(
    help: ArgumentHelp("Prove under this checkpoint and not under a new one.", valueName: "file"),
    completion: .file())
  var checkpoint: String?
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var user: ActorOptions

  func validate() throws {
    let isBundle = workload != nil || project != nil || query
    if [position != nil, isBundle, consistency != nil].count(where: { $0 }) != 1 {
      throw ValidationError("say what to prove: a position, --workload, --project, --query or --consistency")
    }
    if !query, workload != nil, project != nil {
      throw ValidationError("give one of --workload and --project; --query takes both")
    }
    if !query, !filters.areEmpty { throw ValidationError("filters go with --query: \(filters.words)") }
  }

  func run() throws {
    var projectOptions = ProjectOptions()
    projectOptions.project = project
    let session = try Session(ledger, user, projectOptions)
    let checkpoint = try checkpoint.map(CheckpointInput.read)
    if let position {
      try StandardOutput.write(try session.ledger.prove(position, in: checkpoint).bytes)
    } else if let consistency {
      try proveConsistency(session.ledger, consistency, checkpoint)
    } else {
      var json = JSONWriter()
      try bundle(session, checkpoint).write(to: &json)
      json.newline()
      try StandardOutput.write(json.bytes)
    }
  }

  private func bundle(_ session: Session, _ checkpoint: SignedCheckpoint?) throws -> EvidenceBundle {
    if query { return try queryBundle(session, checkpoint) }
    if let workload {
      let found = try session.visibleWorkload(workload)
      return try session.ledger.bundle(
        workload: found.id, question: "the history of workload \(found.id)", in: checkpoint)
    }
    let project = try session.project()
    try session.checkMembership(of: project)
    return try session.ledger.bundle(
      project: project, question: "everything in project \(project)", in: checkpoint)
  }

  private func queryBundle(_ session: Session, _ checkpoint: SignedCheckpoint?) throws -> EvidenceBundle {
    let query = try filters.query(session, workload: workload, project: project)
    var question = "workledger history"
    if let id = query.workload { question += " \(id)" }
    if let project { question += " --project '\(project)'" }
    if !filters.areEmpty { question += " " + filters.words }
    return try session.ledger.bundle(query, question: question, in: checkpoint)
  }

  private func proveConsistency(
    _ ledger: Ledger, _ old: String, _ checkpoint: SignedCheckpoint?
  ) throws {
    let request: WitnessRequest
    if let size = UInt64(old) {
      request = try ledger.proveConsistency(from: size, in: checkpoint)
    } else {
      let before = try CheckpointInput.read(old).checkpoint.head
      request = try ledger.proveConsistency(from: before.size, in: checkpoint)
      // A witness would refuse what follows, so say here what is wrong.
      do {
        try ProofCheck.consistency(from: before, to: request.checkpoint.checkpoint.head, proof: request.proof)
      } catch {
        throw Failure(.differs, "the evidence does not hold: \(error)")
      }
    }
    try StandardOutput.write(request.bytes)
  }
}
