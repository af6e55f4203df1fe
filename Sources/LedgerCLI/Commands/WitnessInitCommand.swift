import ArgumentParser
import Evidence

/// `workledger witness init`
struct WitnessInitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a witness: its key and its store.",
    usage: "workledger witness init --name <name> --store <file> --key-file <file>",
    discussion: """
      Prints the witness's public key, which goes into the policies of those who trust it. The file with the private \
      key can be read by its owner only; whoever has it can cosign in the witness's name. On an existing witness it \
      changes nothing.

      EXAMPLES:
        workledger witness init --name w1.example --store w1.store --key-file w1.key
      """)

  @Option(help: "The witness's name: an address without its scheme.") var name: String
  @OptionGroup var witness: WitnessOptions
  @Option(help: ArgumentHelp("Where the private key goes.", valueName: "file"), completion: .file())
  var keyFile: String

  func run() throws {
    guard let keyName = KeyName(name) else { throw Failure(.usage, "the name must have \(KeyName.rule)") }
    switch (WholeFile.exists(keyFile), WholeFile.exists(witness.store)) {
    case (true, true): try showExisting(keyName)
    case (true, false): throw Failure(.failed, "\(keyFile) is there already, and \(witness.store) is not")
    case (false, true): throw Failure(.failed, "\(witness.store) is there already, and \(keyFile) is not")
    case (false, false): try make(keyName)
    }
  }

  private func showExisting(_ keyName: KeyName) throws {
    let key = try KeyInput.signer(file: keyFile).verifier
    guard key == (try witness.read().witness), key.name == keyName else {
      throw Failure(.failed, "\(witness.store) and \(keyFile) are of another witness, \(key.name)")
    }
    try StandardOutput.print("\(key)")
    Message.note("the witness was there already; nothing was changed")
  }

  private func make(_ keyName: KeyName) throws {
    guard let key = SignerKey(name: keyName, algorithm: .cosignature, seed: KeyInput.seed()) else {
      throw Failure(.failed, "no key could be made")
    }
    try WholeFile.create(keyFile, Array((key.secretText + "\n").utf8), mode: 0o600)
    try WholeFile.create(witness.store, WitnessStore(witness: key.verifier).bytes, mode: 0o644)
    try StandardOutput.print("\(key.verifier)")
  }
}
