/// A text in the bytes of an `EventBatch`; absent where `count` is 0.
public struct TextRange: Hashable, Sendable, BitwiseCopyable {
  /// The first byte.
  public var offset: UInt32
  /// How many bytes.
  public var count: UInt32
  /// A range.
  public init(offset: UInt32, count: UInt32) {
    self.offset = offset
    self.count = count
  }
  /// No text.
  public static let absent = TextRange(offset: 0, count: 0)
  /// Whether there is no text.
  public var isAbsent: Bool { count == 0 }
}

/// What kind of thing a name names; a name is registered once in each class that uses it.
/// The raw values are stored; they never change.
public enum NameClass: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Actors, owners and members.
  case user = 1
  case project
  case cluster
  /// Who told the ledger: a login and host, an importer, an agent.
  case reporter
  /// A CloudEvents source.
  case source

  /// Whether such names are of people, or hold them: only these can be destroyed.
  public var isPersonal: Bool { self == .user || self == .reporter }
}

/// A name of an `EventBatch`, by its place in the batch's table of names; 0 is "unknown".
public struct NameReference: Hashable, Sendable, BitwiseCopyable {
  /// The place, from 1.
  public var index: UInt32
  /// A reference.
  public init(index: UInt32) { self.index = index }
  /// Nobody known.
  public static let unknown = NameReference(index: 0)
}

/// What makes an event the same event when it arrives again. Together with the source it is unique.
public enum EventIdentity: Hashable, Sendable, BitwiseCopyable {
  /// The ledger numbers it: it is new by nature (a command of this ledger).
  case ledger
  /// The source numbers its events: another ledger's export, a generated history.
  case number(UInt64)
  /// The source gives no ids: the same kind at the same time on the same workload is the same event.
  case content
  /// The source's own text, in the batch's bytes.
  case text(TextRange)
}

/// Whether somebody wants it or it has happened (DESIGN.md, commands and observations).
public enum Intent: UInt8, Sendable, BitwiseCopyable {
  case command
  case observation
}

/// An event to be decided on and appended, without storage of its own: texts are ranges of the batch's
/// bytes and names are places in its table, so that a batch of thousands allocates nothing per event.
public struct ProposedEvent: Sendable, BitwiseCopyable {
  /// What happened or is wanted.
  public var kind: EventKind
  /// Whether it is wanted or has happened.
  public var intent: Intent
  /// Whether `occurredAt` only says "then or before".
  public var timeIsBound = false
  /// Of an observation: the ledger that it comes from carried it out as a command, and the record keeps that.
  public var wasCommand = false
  /// Only of `created`: made up because a report came first.
  public var isImplied = false
  /// The workload; `.none` for events of projects.
  public var subject: WorkloadID
  /// When it happened, by the source's clock.
  public var occurredAt: Timestamp
  /// What makes it the same event again.
  public var identity: EventIdentity = .ledger
  /// The CloudEvents source; unknown for this ledger itself.
  public var source = NameReference.unknown
  /// Who caused it.
  public var actor = NameReference.unknown
  /// Who told the ledger.
  public var reporter = NameReference.unknown
  /// The project of the workload (needed for `created` and for events of projects).
  public var project = NameReference.unknown
  /// The cluster of the workload (`created`).
  public var cluster = NameReference.unknown
  /// The owner of the workload (`created`), the member, or the owner whose quota is set.
  public var owner = NameReference.unknown
  /// The type of the workload (`created`).
  public var type: WorkloadType?
  /// What the workload asks for (`created`), or the limits (`quotaSet`; an amount below 0 is not limited).
  public var resources = Resources()
  /// The version that the stream must have; nil for any.
  public var expectedVersion: UInt32?
  /// Only of `actionRefused`: what was refused.
  public var refusedKind: EventKind?
  /// The workload's name (`created`).
  public var name = TextRange.absent
  /// Why, or the message of a refusal.
  public var reason = TextRange.absent
  /// Where a Workspace opens (`created`).
  public var url = TextRange.absent
  /// The workload's id where it came from (`created`).
  public var sourceID = TextRange.absent
  /// Labels (`created`), as `EventBatch.addLabels` stored them.
  public var labels = TextRange.absent
  /// Where it was read: a line or row number, for messages; 0 where there is none.
  public var line: UInt64 = 0

  /// An event with everything else absent.
  public init(_ kind: EventKind, _ intent: Intent, subject: WorkloadID, occurredAt: Timestamp) {
    self.kind = kind
    self.intent = intent
    self.subject = subject
    self.occurredAt = occurredAt
  }
}

/// What became of a proposed event.
public struct EventOutcome: Sendable, BitwiseCopyable {
  /// The verdict.
  public enum Verdict: Sendable, BitwiseCopyable {
    /// Appended and applied.
    case appended
    /// Appended, but it contradicts what the ledger knows.
    case anomaly(Anomaly)
    /// It had been appended before; nothing was written.
    case duplicate
    /// The same id with other content; nothing was written.
    case conflict
    /// Refused by a rule; the refusal was appended.
    case refused(Refusal)
    /// The stream has another version; nothing was written.
    case wrongVersion(actual: UInt32)
    /// There is no such workload or project; nothing was written.
    case notFound
  }
  /// The verdict.
  public var verdict: Verdict
  /// The event's position (of the original where it is a duplicate or conflict, of the refusal where it was
  /// refused); 0 where nothing was written.
  public var position: UInt64
  /// The stream's version after it.
  public var version: UInt32
  /// An outcome.
  public init(_ verdict: Verdict, position: UInt64 = 0, version: UInt32 = 0) {
    self.verdict = verdict
    self.position = position
    self.version = version
  }
}

/// Why a command was refused.
public enum Refusal: Sendable, BitwiseCopyable {
  /// The table does not allow it in this state.
  case notAllowed(status: WorkloadStatus)
  /// The workload's id is in use.
  case idInUse
  /// The actor is not a member: to them the project does not exist.
  case notMember
  /// The request alone, or with what the owner holds, is over the quota.
  case overQuota(QuotaExcess)
  /// The project exists, the member is a member, or the member is none.
  case alreadyDone
}
