import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger create NAME …`
struct CreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create a workload and print its id.",
    usage: "workledger create <name> --type <type> --cluster <cluster> [<options>]",
    discussion: """
      Refused when the request alone is over the owner's quota.

      EXAMPLES:
        workledger create bert --type Training --cluster c1 --cpu 8 --gpu 1
        workledger create lab --type Workspace --cluster c1 --url https://lab.example
        id=$(workledger create eval --type Evaluation --cluster c1 --label k=v)
      """)

  @Argument(help: "The workload's name.") var name: String
  @Option(
    help: ArgumentHelp(
      "Model Download, Inference, Training, Pre-Training, Fine-Tuning, Evaluation or Workspace."),
    completion: Vocabulary.typeWords, transform: TypeInput.init)
  var type: TypeInput
  @Option(help: "The cluster it is assigned to.") var cluster: String
  @Option(
    help: ArgumentHelp("CPU cores, as in 4 or 500m.", valueName: "n"), transform: AmountInput.thousandths)
  var cpu: Int64 = 0
  @Option(help: ArgumentHelp("Memory, as in 64Gi.", valueName: "size"), transform: AmountInput.bytes)
  var memory: Int64 = 0
  @Option(help: ArgumentHelp("GPUs, as in 1 or 0.5.", valueName: "n"), transform: AmountInput.thousandths)
  var gpu: Int64 = 0
  @Option(help: "Whose quota limits it; else the actor.") var owner: String?
  @Option(help: "Where a Workspace opens (http or https).") var url: String?
  @Option(
    help: ArgumentHelp("Its id; else a new one.", valueName: "uuid"),
    transform: {
      guard let id = WorkloadID($0), id != .none else { throw ValidationError("'\($0)' is no UUID") }
      return id
    })
  var id: WorkloadID?
  @Option(
    name: .customLong("label"), help: ArgumentHelp("A label; may be repeated.", valueName: "k=v"),
    transform: LabelInput.init)
  var labels: [LabelInput] = []
  @OptionGroup var fact: FactOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    var keys = Set<String>()
    for label in labels where !keys.insert(label.key).inserted {
      throw ValidationError("the label '\(label.key)' is given twice")
    }
    if let url, !WebAddress.isValid(url) {
      throw ValidationError("'\(url)' is no address; it begins with http:// or https:// and has no blanks")
    }
  }

  func run() throws {
    let name = try checked(name, "the name")
    let cluster = try checked(cluster, "the cluster")
    let url = try url.map { try checked($0, "the address", limit: Limits.url) }
    let session = try Session(ledger, actor, project, writes: true)
    let project = try session.writableProject()
    let owner = try owner.map { try checked($0, "the owner") } ?? session.actor.name
    let labels = try checkedLabels()
    var generator = SystemRandomNumberGenerator()
    let id = id ?? WorkloadID(at: session.now, random: generator.next(), generator.next())
    var submission = Submission(session)
    try submission.add(.created, id, name, project: project, fact: fact) { event, batch in
      event.name = batch.addText(name)
      event.type = type.type
      event.cluster = batch.intern(.cluster, cluster)
      event.owner = batch.intern(.user, owner)
      event.resources = Resources(cpuMillicores: cpu, memoryBytes: memory, gpuMilli: gpu)
      if let url { event.url = batch.addText(url) }
      if !labels.isEmpty { event.labels = batch.addLabels(labels) }
    }
    try submission.send()
    let isDone = submission.results.allSatisfy { $0.status == .done }
    if isDone, output.output == .table || output.output == .wide || output.output == .csv {
      try StandardOutput.print(id.description)
    } else {
      try submission.report(output.output)
    }
  }

  /// The labels with the one that a later name of a type leaves behind.
  private func checkedLabels() throws -> [(key: String, value: String)] {
    var all: [(key: String, value: String)] = []
    for label in labels {
      _ = try checked(label.key, "the key of a label")
      if !label.value.isEmpty {
        _ = try checked(label.value, "the label '\(label.key)'", limit: Limits.labels)
      }
      all.append((label.key, label.value))
    }
    if let alias = type.alias, !all.contains(where: { $0.key == "type" }) { all.append(("type", alias)) }
    let size = all.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 }
    guard size <= Limits.labels else {
      throw Failure(.usage, "the labels take \(size) bytes; \(Limits.labels) are the most")
    }
    return all
  }
}

/// A type as it is typed, with what a later name of one says beyond it.
struct TypeInput {
  var type: WorkloadType
  var alias: String?

  init(_ text: String) throws {
    type = try Vocabulary.type(text)
    alias = WorkloadType.alias(text)
  }
}

/// A label as it is typed.
struct LabelInput {
  var key: String
  var value: String

  init(_ text: String) throws {
    guard let index = text.firstIndex(of: "="), index != text.startIndex else {
      throw ValidationError("'\(text)' is no label; write key=value")
    }
    key = String(text[..<index])
    value = String(text[text.index(after: index)...])
  }
}
