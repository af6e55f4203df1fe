public import Ledger
public import WorkloadModel

/// What an import did.
public struct ImportReport: Hashable, Sendable {
  /// Lines or rows read, rejected ones included; empty lines and headers are not counted.
  public var lines = 0
  /// Rows that the mapping turned into no event.
  public var eventlessRows = 0
  /// Events handed to the sink.
  public var proposed = 0
  /// Events appended, by kind; those with an anomaly are among them.
  public var appended: [EventKind: Int] = [:]
  /// Events appended that contradict what the ledger knows, by anomaly.
  public var anomalies: [Anomaly: Int] = [:]
  /// Events that the ledger had already.
  public var duplicates = 0
  /// Events whose id the ledger has with other content; not written.
  public var conflicts = 0
  /// Events that a rule refused, or that were not found or had another version.
  public var refused = 0
  /// Lines or rows that could not be read.
  public var rejected = 0
  /// What was kept out, in the order in which it was met first.
  public var warnings: [ImportWarning] = []

  /// Nothing yet.
  public init() {}

  /// All events appended.
  public var appendedTotal: Int { appended.values.reduce(0, +) }
}

/// A field that the ledger does not keep, and how often it was met.
public struct ImportWarning: Hashable, Sendable {
  /// The field and the kind of event, as in `data.colour of workload.created`.
  public var field: String
  /// How many lines have it.
  public var count: Int
  /// Where it was met first.
  public var file: String
  /// The line of that file, from 1.
  public var line: UInt64
}

/// A line, row or event that was not taken.
public struct ImportRejection: Hashable, Sendable {
  /// Why it was not taken.
  public enum Cause: Hashable, Sendable {
    /// It could not be read.
    case unreadable
    /// The ledger has another event of this id.
    case conflict
    /// A rule of the ledger refused it.
    case refused
  }
  /// Why it was not taken.
  public var cause: Cause
  /// The source.
  public var file: String
  /// Its line, from 1; of a row of several lines the first.
  public var line: UInt64
  /// The byte of the line, from 1; nil where it is about the whole line.
  public var column: Int?
  /// The field it is about, as in `data.actor`.
  public var field: String?
  /// What is wrong, and what would be right.
  public var reason: String
  /// The line, its first 200 bytes.
  public var text: String

  /// `file:line:column: field: reason`.
  public var message: String {
    var text = "\(file):\(line):"
    if let column { text += "\(column):" }
    if let field { text += " \(field):" }
    return text + " " + reason
  }
}

/// Why an import stopped.
public enum ImportError: Error, Hashable, Sendable {
  /// A source could not be read.
  case source(ByteSourceError)
  /// The mapping is wrong or does not fit the file.
  case mapping(DocumentError)
  /// The ledger could not take a batch.
  case ledger(LedgerError)
  /// The temporary file of the sort could not be used.
  case temporaryFile(directory: String, why: String)
  /// There is no thread left to read ahead on.
  case noThread(String)

  /// A sentence for people.
  public var message: String {
    switch self {
    case .source(let error): error.message
    case .mapping(let error): "the mapping's " + error.message
    case .ledger(let error): error.message
    case .temporaryFile(let directory, let why):
      "the temporary file for sorting in \(directory) can't be used: \(why)"
    case .noThread(let why): "the input can't be read: there is no thread left (\(why))"
    }
  }
}

/// An import that stopped early, and what it had done by then: that is kept, and a repeat goes on behind it.
public struct ImportFailure: Error, Hashable, Sendable {
  /// Why it stopped.
  public var error: ImportError
  /// What was done before.
  public var report: ImportReport
  /// A sentence for people.
  public var message: String { error.message }
}
