public import Ledger
public import WorkloadModel

/// How to import.
public struct ImportOptions: Hashable, Sendable {
  /// Who tells the ledger, for events that do not say it themselves: a login and host.
  public var reporter: String
  /// The user who imports; projects that the ledger does not know get them as their first member.
  public var importer: String
  /// Whether a line with unknown fields, and a row that gives no event, is rejected and not only counted.
  public var isStrict = false
  /// Whether the events of all sources are put in the order of their time first. Events at the same time
  /// keep the order of the files.
  public var sortsByTime = false
  /// The folder for what does not fit in memory while sorting.
  public var sortDirectory = "/tmp"
  /// How many bytes of events are sorted in memory at once.
  public var sortMemory = 64 << 20
  /// Whether lines are read on a second thread while the sink is at work.
  public var readsAhead = true

  /// Options with everything else as it is mostly wanted.
  public init(reporter: String, importer: String) {
    self.reporter = reporter
    self.importer = importer
  }
}

/// What takes the events: `Ledger.append`, a rehearsal, or a test. It fills in what became of each.
public typealias BatchSink = (inout EventBatch, inout [EventOutcome]) throws(LedgerError) -> Void

/// What the caller of an import wants to hear while it goes on; all calls come from the caller's thread.
public struct ImportObserver {
  /// Called after each batch.
  public var progress: (ImportProgress) -> Void
  /// Called for each line that could not be used, in the order of the lines of a batch.
  public var rejection: (ImportRejection) -> Void
  /// Words why the sink did not take an event (`Ledger.message(for:of:in:)`); a plain text where it is nil.
  public var explain: ((EventOutcome, ProposedEvent, EventBatch) -> String)?

  /// An observer; by default it hears nothing.
  public init(
    progress: @escaping (ImportProgress) -> Void = { _ in },
    rejection: @escaping (ImportRejection) -> Void = { _ in },
    explain: ((EventOutcome, ProposedEvent, EventBatch) -> String)? = nil
  ) {
    self.progress = progress
    self.rejection = rejection
    self.explain = explain
  }
}

/// How far an import has come.
public struct ImportProgress: Hashable, Sendable {
  /// The source that is being read.
  public var file: String
  /// Bytes read of all sources, compressed ones as they are in the file.
  public var bytesRead: UInt64
  /// Lines or rows read.
  public var lines: Int
  /// Events handed to the sink.
  public var proposed: Int
  /// Events that it appended.
  public var appended: Int
}
