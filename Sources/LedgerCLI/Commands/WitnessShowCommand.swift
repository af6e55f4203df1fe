import ArgumentParser
import Evidence
import Presentation
import WorkloadModel

/// `workledger witness show`
struct WitnessShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a witness has seen last of each log.",
    usage: "workledger witness show --store <file> [<options>]",
    discussion: """
      With --active-since it exits with 6 when a log showed nothing since.

      EXAMPLES:
        workledger witness show --store w1.store
        workledger witness show --store w1.store --active-since 7d
      """)

  @OptionGroup var witness: WitnessOptions
  @Option(
    help: ArgumentHelp(
      "Since when every log must have shown something: \(TimeInput.help).", valueName: "time"),
    transform: TimeInput.parse)
  var activeSince: TimeInput?
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = try witness.read()
    let items = store.all.map { WitnessedLog(name: $0.log.text, record: $0.record) }
    var printer = Printer<WitnessedLog>(output.output)
    for item in items { try printer.add(item) }
    try printer.finish { $0.field("witness", store.witness.description) }
    if items.isEmpty { Message.note("\(store.witness.name) has cosigned nothing yet") }
    guard let since = activeSince?.time else { return }
    let quiet = items.filter { $0.time < since }
    if !quiet.isEmpty {
      try StandardOutput.flush()
      let names = quiet.map { HumanText.visible($0.name) }.joined(separator: ", ")
      throw Failure(.differs, "nothing was shown since \(HumanText.time(since)) by \(names)")
    }
  }
}
