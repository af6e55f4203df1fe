import ArgumentParser
import Evidence

/// Where a witness keeps what it has seen.
struct WitnessOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What the witness has seen.", valueName: "file"), completion: .file())
  var store: String

  /// Reads the store.
  func read() throws -> WitnessStore {
    guard WholeFile.exists(store) else {
      throw Failure(.notFound, "there is no \(store); make one with 'workledger witness init'")
    }
    do {
      return try WitnessStore(parsing: try WholeFile.read(store, limit: WitnessStore.maxBytes))
    } catch let flaw as FormatError {
      throw Failure(.failed, "\(store): \(flaw)")
    }
  }
}
