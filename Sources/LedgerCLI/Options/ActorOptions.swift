import ArgumentParser

/// Who acts.
struct ActorOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who acts (else WORKLEDGER_USER, else the login name).", valueName: "user"))
  var user: String?

  func actor() throws -> Actor {
    let login = System.login
    let name = user ?? System.environment("WORKLEDGER_USER") ?? login
    return Actor(
      name: try checked(name, "the user"), isNamed: user != nil, reporter: "\(login)@\(System.host)")
  }
}

/// The two principals of a command: who acts, and who tells the ledger.
struct Actor {
  var name: String
  /// Whether the user was named with `--as`. What is looked at as somebody is what they see: to them, projects
  /// of others do not exist. Without it, whoever can read the ledger's files may look at everything in them.
  var isNamed: Bool
  /// Login and host.
  var reporter: String
}
