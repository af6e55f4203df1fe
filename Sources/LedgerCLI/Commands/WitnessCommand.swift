import ArgumentParser

/// `workledger witness …`
struct WitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness", abstract: "Cosign the checkpoints of a log, as long as it only grows.",
    discussion: """
      A witness is somebody else than who keeps the ledger, on another machine. It remembers the last checkpoint of \
      each log in a file of its own, and cosigns the next only when that proves to go on from there.
      """,
    subcommands: [WitnessInitCommand.self, WitnessAddCheckpointCommand.self, WitnessShowCommand.self])
}
