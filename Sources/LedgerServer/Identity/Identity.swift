import Ledger

/// Who asks: an actor of the ledger, with a role and, perhaps, somebody who asks in their stead.
struct Identity: Hashable, Sendable {
  /// The user of the ledger: `sub` of a token.
  var actor: String
  /// Who asks on the actor's behalf: `act` of a token (RFC 8693 section 4.1).
  var delegate: String?
  /// nil for nobody.
  var role: Role?

  /// Nobody known: who brings no token.
  static let nobody = Identity(actor: "unknown", role: nil)

  /// What stands in the log as who told the ledger: never the actor alone, for the server was in between.
  var reporter: String { "\(delegate ?? actor)@workledger-server" }

  /// Whether the role lets somebody do so at all. What exactly they see or change, `Access` and the ledger say.
  func permits(_ permission: Permission) -> Bool {
    guard let role else { return permission == .open }
    switch (permission, role) {
    case (.open, _), (.read, _): return true
    case (.command, .member), (.command, .operator): return true
    case (.report, .agent), (.report, .operator): return true
    case (.readAll, .operator), (.readAll, .auditor): return true
    case (.operate, .operator): return true
    case (.command, _), (.report, _), (.readAll, _), (.operate, _): return false
    }
  }

  /// Refuses who may not do so at all; nobody is asked for a token.
  func check(_ permission: Permission) throws(Problem) {
    if permits(permission) { return }
    guard let role else { throw Problem(.unauthenticated, "this needs a token: 'Authorization: Bearer …'") }
    throw Problem(.forbidden, "the role \(role.word) does not allow this")
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
