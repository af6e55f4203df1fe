import ArgumentParser
import Ledger

/// Which ledger.
struct LedgerOptions: ParsableArguments {
  @Option(
    name: .customLong("ledger"),
    help: ArgumentHelp(
      "The ledger's folder (else WORKLEDGER_DIR, else $XDG_DATA_HOME/workledger, else ~/.local/share/workledger).",
      valueName: "dir"),
    completion: .directory)
  var folder: String?

  /// The folder, by the order of the contract.
  func path() throws -> String {
    if let folder {
      guard !folder.isEmpty else { throw Failure(.usage, "--ledger needs a folder") }
      return folder
    }
    if let folder = System.environment("WORKLEDGER_DIR") { return folder }
    if let data = System.environment("XDG_DATA_HOME"), data.hasPrefix("/") { return data + "/workledger" }
    if let home = System.home { return home + "/.local/share/workledger" }
    throw Failure(.usage, "there is no home folder: name the ledger with --ledger DIR")
  }

  /// Opens the ledger to write to it.
  func openForWriting() throws -> Ledger { try Ledger(path: try path(), access: .readWrite) }

  /// Opens the ledger to look at it.
  func openForReading() throws -> Ledger { try Ledger.openForReading(try path()) }

  /// The same to verify it.
  func openForVerifying() throws -> Ledger {
    let path = try path()
    return try Ledger(verifying: path, access: Ledger.access(to: path))
  }
}
