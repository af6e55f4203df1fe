public import WorkloadModel

/// The table of the design, written out: what each event does in each state, as a command and as a fact.
///
/// A state is the run's letter (Added, Pending, Running, Complete, Failed, Terminated), `?` where contact is
/// lost, and how far the deletion is (`q` requested, `f` failed, `d` deleted). A cell holds the state that
/// follows; with `-` before it a command is refused, and with `!` the fact is kept as an anomaly too:
/// `c` already created, `d` after deletion, `r` contradicts the run, `l` the contact, `x` the deletion.
public enum TransitionTable {
  /// What follows from an event.
  public enum Cell: Hashable, Sendable {
    case next(String)
    case refused
    case anomaly(Anomaly)
  }

  static let text = """
    state status           created    queued     started    completed  failed     terminated lost       delreq     deleted    delfailed
    A     Added            -!c        P          R          -C         F          T          A?         Aq         -Td        -Af
    P     Pending          -!c        -!r        R          -C         F          T          P?         Pq         -Td        -Pf
    R     Running          -!c        P          -!r        C          F          T          R?         Rq         -Td        -Rf
    A?    Unknown          -!c        P          R          -C         F          T          -!l        A?q        -Td        -A?f
    P?    Unknown          -!c        -P         R          -C         F          T          -!l        P?q        -Td        -P?f
    R?    Unknown          -!c        P          -R         C          F          T          -!l        R?q        -Td        -R?f
    C     Complete         -!c        -!r        -!r        -!r        -!r        -!r        -!l        Cq         -Cd        -Cf
    F     Failed           -!c        P          R          -!r        -!r        -!r        -!l        Fq         -Fd        -Ff
    T     Terminated       -!c        P          R          -!r        -!r        -!r        -!l        Tq         -Td        -Tf
    Aq    Delete-Requested -!c        Pq         Rq         -Cq        Fq         Tq         A?q        -!x        Td         Af
    Pq    Delete-Requested -!c        -!r        Rq         -Cq        Fq         Tq         P?q        -!x        Td         Pf
    Rq    Delete-Requested -!c        Pq         -!r        Cq         Fq         Tq         R?q        -!x        Td         Rf
    A?q   Delete-Requested -!c        Pq         Rq         -Cq        Fq         Tq         -!l        -!x        Td         A?f
    P?q   Delete-Requested -!c        -Pq        Rq         -Cq        Fq         Tq         -!l        -!x        Td         P?f
    R?q   Delete-Requested -!c        Pq         -Rq        Cq         Fq         Tq         -!l        -!x        Td         R?f
    Cq    Delete-Requested -!c        -!r        -!r        -!r        -!r        -!r        -!l        -!x        Cd         Cf
    Fq    Delete-Requested -!c        Pq         Rq         -!r        -!r        -!r        -!l        -!x        Fd         Ff
    Tq    Delete-Requested -!c        Pq         Rq         -!r        -!r        -!r        -!l        -!x        Td         Tf
    Af    Delete-Failed    -!c        Pf         Rf         -Cf        Ff         Tf         A?f        Aq         Td         -!x
    Pf    Delete-Failed    -!c        -!r        Rf         -Cf        Ff         Tf         P?f        Pq         Td         -!x
    Rf    Delete-Failed    -!c        Pf         -!r        Cf         Ff         Tf         R?f        Rq         Td         -!x
    A?f   Delete-Failed    -!c        Pf         Rf         -Cf        Ff         Tf         -!l        A?q        Td         -!x
    P?f   Delete-Failed    -!c        -Pf        Rf         -Cf        Ff         Tf         -!l        P?q        Td         -!x
    R?f   Delete-Failed    -!c        Pf         -Rf        Cf         Ff         Tf         -!l        R?q        Td         -!x
    Cf    Delete-Failed    -!c        -!r        -!r        -!r        -!r        -!r        -!l        Cq         Cd         -!x
    Ff    Delete-Failed    -!c        Pf         Rf         -!r        -!r        -!r        -!l        Fq         Fd         -!x
    Tf    Delete-Failed    -!c        Pf         Rf         -!r        -!r        -!r        -!l        Tq         Td         -!x
    Cd    Deleted          -!c        -!d        -!d        -!d        -!d        -!d        -!d        -!d        -!d        -!d
    Fd    Deleted          -!c        -!d        -!d        -!d        -!d        -!d        -!d        -!d        -!d        -!d
    Td    Deleted          -!c        -!d        -!d        -!d        -!d        -!d        -!d        -!d        -!d        -!d
    """

  static let kinds: [EventKind] = [
    .created, .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
    .deleteFailed,
  ]

  /// The states in the order of the table.
  public static let states: [String] = rows.map { String($0[0]) }

  /// The status that users see, by state.
  public static let statuses: [String: String] = Dictionary(
    uniqueKeysWithValues: rows.map { (String($0[0]), $0[1].split(separator: "-").joined(separator: " ")) })

  /// The cell of an event in a state.
  public static func cell(_ state: String, _ kind: EventKind, _ intent: Intent) -> Cell? {
    guard let column = kinds.firstIndex(of: kind), let row = cells[state] else { return nil }
    return read(row[column], intent)
  }

  private static let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
  private static let cells = Dictionary(
    uniqueKeysWithValues: rows.map { (String($0[0]), $0.dropFirst(2).map(String.init)) })

  private static func read(_ cell: String, _ intent: Intent) -> Cell? {
    guard cell.hasPrefix("-") else { return .next(cell) }
    if intent == .command { return .refused }
    let fact = cell.dropFirst()
    guard fact.hasPrefix("!") else { return .next(String(fact)) }
    let anomalies: [Character: Anomaly] = [
      "c": .alreadyCreated, "d": .afterDeletion, "r": .contradictsRun, "l": .contradictsContact,
      "x": .contradictsDeletion,
    ]
    return fact.last.flatMap { anomalies[$0] }.map { .anomaly($0) }
  }
}
