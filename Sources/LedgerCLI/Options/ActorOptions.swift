import ArgumentParser

/// Who acts.
struct ActorOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who acts (else WORKLEDGER_USER, else the login name).", valueName: "user"))
  var user: String?

  func actor() throws -> Actor {
    let login = System.login
    if let user = user ?? System.environment("WORKLEDGER_USER") {
      return Actor(name: try checked(user, "the user"), isNamed: true, reporter: "\(login)@\(System.host)")
    }
    return Actor(name: login, isNamed: false, reporter: "\(login)@\(System.host)")
  }
}

/// The two principals of a command: who acts, and who tells the ledger.
struct Actor {
  var name: String
  /// Whether a user was named. To a named user, projects of others do not exist; the login that can read the
  /// ledger's files may look at all of them.
  var isNamed: Bool
  /// Login and host.
  var reporter: String
}
