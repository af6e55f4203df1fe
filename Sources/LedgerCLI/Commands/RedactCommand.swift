import ArgumentParser
import Glibc
import Ledger
import Presentation
import WorkloadModel

/// `workledger redact USER --reason TEXT`
struct RedactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redact", abstract: "Destroy the name of a person; proofs stay valid.",
    usage: """
      workledger redact <user> --reason <text> [<options>]
      workledger redact --list [<options>]
      workledger redact --scrub [<options>]
      """,
    discussion: """
      The records hold no names, only a salted hash of each. The salt and the name are destroyed, which can't be \
      undone: every view, export and history shows redacted-N instead, --actor redacted-N and --owner redacted-N \
      find it, and nothing is found by the name. One record more says who did it, when and why, and is shown by \
      --list. All checkpoints and proofs given out before verify as they did. On a terminal you are asked first.

      A reporter such as alice@login1 is a name of its own: see --reporter. When the name is used again it gets a \
      new number, and nothing links the two. An import of what was imported before still adds nothing.

      At the end the file is cleared of what was deleted and searched for what is left. Pages that a reader still \
      sees must wait (exit status 1); --scrub clears them later. A long-lived process that has written to the ledger \
      may write such bytes again from its memory: end it first, or use --scrub after it has ended.

      It does not reach backups, exports given out, copies on other machines, snapshots and swap of the operating \
      system, the shell's history, and texts in records (reasons, labels, names of workloads): those are listed.

      EXAMPLES:
        workledger redact alice --reason 'request 4711'
        workledger redact alice@login1 --reporter --reason 'request 4711'
        workledger redact --list -o json
        workledger redact --scrub
      """)

  @Argument(help: "The user whose name is destroyed.") var user: String?
  @Option(help: ArgumentHelp("Why, in words that stay for ever.", valueName: "text")) var reason: String?
  @Flag(name: .customLong("reporter"), help: "It is the name of a reporter and not of a user.")
  var isReporter = false
  @Flag(help: "List what was redacted, when, by whom and why.") var list = false
  @Flag(help: "Clear the file of what redactions before had to leave.") var scrub = false
  @Flag(name: [.short, .long], help: "Do not ask.") var yes = false
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if list || scrub {
      if list && scrub { throw ValidationError("--list and --scrub are two things; leave one out") }
      if user != nil || reason != nil || isReporter {
        throw ValidationError(
          "\(list ? "--list" : "--scrub") is about all redactions; leave user and reason out")
      }
      return
    }
    if user == nil { throw ValidationError("say whose name is to be destroyed, or --list or --scrub") }
    if reason == nil { throw ValidationError("redact needs --reason TEXT, which is kept") }
  }

  func run() throws {
    if list { return try printList() }
    if scrub { return try clear() }
    guard let user, let reason else { return }
    let name = try checked(user, isReporter ? "the reporter's name" : "the user's name")
    let text = try checked(reason, "the reason", limit: Limits.reason, multiline: true)
    let session = try Session(ledger, actor, writes: true)
    let nameClass: NameClass = isReporter ? .reporter : .user
    let pseudonym = try session.ledger.pseudonym(of: name, nameClass)
    if name != pseudonym, !yes, System.isTerminal(STDIN_FILENO), !confirm(name, pseudonym) {
      throw Failure(.failed, "nothing was done")
    }
    let report = try session.ledger.redact(
      name, nameClass, reason: text, by: session.actor.name, reporter: session.actor.reporter,
      now: session.now)
    try printOne(output.output, text: { report.writeText(to: &$0, $1) }, json: { report.write(to: &$0) })
    guard let traces = report.traces else {
      return Message.note("\(pseudonym) was redacted before; nothing was changed")
    }
    try StandardOutput.flush()
    try requireDone(traces.scrub)
    if traces.saltsInLog > 0 {
      throw Failure(
        .failed,
        "the name is destroyed, but another process wrote its salt into the file again: end what has the ledger open "
          + "and run 'workledger redact --scrub'")
    }
  }

  private func confirm(_ name: String, _ pseudonym: String) -> Bool {
    Message.note("  \(HumanText.visible(name)) will be \(pseudonym) everywhere. This can't be undone.")
    return Message.confirm("Destroy the name?")
  }

  private func printList() throws {
    let redactions = try ledger.openForReading().redactions()
    var printer = Printer<NameRedaction>(output.output)
    for redaction in redactions { try printer.add(redaction) }
    try printer.finish()
    if redactions.isEmpty { Message.note("nothing was redacted") }
  }

  private func clear() throws {
    let report = try ledger.openForWriting().scrub()
    try printOne(output.output, text: { report.writeText(to: &$0, $1) }, json: { report.write(to: &$0) })
    try StandardOutput.flush()
    try requireDone(report)
  }

  /// What waits for a reader is not done, and a script must know.
  private func requireDone(_ scrub: ScrubReport) throws {
    guard scrub.waitingPages > 0 else { return }
    let processes = scrub.waitingFor.map(String.init).joined(separator: ", ")
    throw Failure(
      .failed,
      "\(HumanText.count(scrub.waitingPages, "page")) with deleted bytes must wait for a reader (process \(processes)); "
        + "'workledger redact --scrub' clears them when it has ended")
  }
}
