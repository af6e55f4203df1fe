/// Who asks: an actor of the ledger, with a role and, perhaps, somebody who asks in their stead.
struct Identity: Hashable, Sendable {
  /// The user of the ledger: `sub` of a token.
  var actor: String
  /// Who asks on the actor's behalf: `act` of a token (RFC 8693 section 4.1).
  var delegate: String?
  var role: Role

  /// Nobody known: who brings no token.
  static let nobody = Identity(actor: "unknown", role: .nobody)

  /// What stands in the log as who told the ledger: never the actor alone, for the server was in between.
  var reporter: String { "\(delegate ?? actor)@workledger-server" }
}

/// What somebody is to the ledger.
enum Role: Hashable, Sendable {
  case nobody
  /// A user of projects: sees and changes those that they belong to.
  case member
  /// The agent of a cluster: reports what happens there.
  case agent(cluster: String)
  /// Keeps the ledger going: sees all, reports for any cluster, makes projects.
  case `operator`
  /// Sees all and writes nothing.
  case auditor

  /// The word in tokens.
  var word: String {
    switch self {
    case .nobody: "nobody"
    case .member: "member"
    case .agent: "agent"
    case .operator: "operator"
    case .auditor: "auditor"
    }
  }

  /// The words that a token may have.
  static let words = ["member", "agent", "operator", "auditor"]

  /// The role of a word; nil where there is none such, and for an agent without its cluster.
  init?(word: String, cluster: String?) {
    switch (word, cluster) {
    case ("member", nil): self = .member
    case ("agent", let cluster?): self = .agent(cluster: cluster)
    case ("operator", nil): self = .operator
    case ("auditor", nil): self = .auditor
    default: return nil
    }
  }

  /// Whether this role may do so at all. What exactly it sees or changes, `Access` and the ledger say.
  func permits(_ permission: Permission) -> Bool {
    switch (permission, self) {
    case (.open, _): true
    case (_, .nobody): false
    case (.read, _): true
    case (.command, .member), (.command, .operator): true
    case (.report, .agent), (.report, .operator): true
    case (.readAll, .operator), (.readAll, .auditor): true
    case (.operate, .operator): true
    case (.command, _), (.report, _), (.readAll, _), (.operate, _): false
    }
  }
}

/// What a route lets somebody do.
enum Permission: Hashable, Sendable, CaseIterable {
  /// For everybody: whether the server lives, its style sheet, signing in.
  case open
  /// Look at what one may see.
  case read
  /// Want something of a workload or a project; whether one belongs to it, the ledger decides and records.
  case command
  /// Say what has happened, without being asked for membership or quota.
  case report
  /// Look at what shows all projects at once.
  case readAll
  /// Change what belongs to no project yet.
  case operate
}
