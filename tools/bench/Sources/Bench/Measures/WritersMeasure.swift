import Ledger
import SQLite
import Synchronization
import WorkloadModel

/// Sixty-four threads of one process, each of which appends one durable event after the other.
///
/// SQLite gets the better of its two ways: a connection for each thread and the busy handler, or one
/// connection behind a lock.
enum WritersMeasure {
  private static let writers = 64
  private static let rounds = 5
  /// How many events a thread appends in a round: enough that the beginning and the end of 64 threads, more than a
  /// millisecond, do not count as appending.
  private static let appends = 100

  static func run(_ stores: Stores, size: Int, _ report: (Figure) -> Void) throws {
    let source = CreationSource(stores)
    let ours = try (0..<writers).map { try LedgerWriter(stores, source, $0) }
    let behindLock = LockedPeer(try PeerWriter(stores, source, writers))
    let peers = try (0..<writers).map { try PeerWriter(stores, source, writers + 1 + $0) }
    var (one, many, floor, peerOne, peerLock, peerBusy) = (
      Samples(), Samples(), Samples(), Samples(), Samples(), Samples()
    )
    let group = source.group(of: writers)
    for round in 0..<rounds {
      one.add(onThreads(1) { _ in ours[0].append(appends) } / Double(appends))
      many.add(onThreads(writers) { ours[$0].append(appends) } / Double(appends * writers))
      for _ in 0..<5 {
        floor.add(try time { () throws in try stores.floor.append(group) } / Double(writers))
      }
      peerOne.add(onThreads(1) { _ in peers[0].append(appends) } / Double(appends))
      peerLock.add(onThreads(writers) { _ in behindLock.append(20) } / Double(20 * writers))
      // The busy handler sleeps: two rounds say enough.
      guard round < 2 else { continue }
      peerBusy.add(onThreads(writers) { peers[$0].append(2) } / Double(2 * writers))
    }
    report(
      Figure(
        "one writer", size: size, .eventsPerSecond, ours: 1 / one.median, peer: 1 / peerOne.median))
    let peer = max(1 / peerLock.median, 1 / peerBusy.median)
    let (overOne, overPeer) = (one.median / many.median, 1 / many.median / peer)
    report(
      Figure(
        "64 writers", size: size, .eventsPerSecond, ours: 1 / many.median, floor: 1 / floor.median,
        peer: peer,
        target: .init(
          ("≥ 20 × one, is \((overOne * 10).rounded() / 10)", overOne >= 20),
          ("≥ 10 × SQLite", overPeer >= 10)),
        note: peerLock.median < peerBusy.median ? "SQLite: one locked connection" : "SQLite: 64 connections"))
  }
}

/// Makes events that create workloads which nobody has seen, with names that are all registered.
private struct CreationSource: Sendable {
  /// The few names of these events.
  let names: [(nameClass: NameClass, text: String)]
  /// What SQLite numbers them.
  let numbers: [Int64]
  let template: ProposedEvent
  let bytes = Array("llama-3.1-8b-lora-run4242".utf8)

  init(_ stores: Stores) {
    let all = stores.planner.names
    let places = [NameClass.project, .cluster, .user, .reporter].map { nameClass in
      all.firstIndex { $0.nameClass == nameClass } ?? 0
    }
    names = places.map { all[$0] }
    numbers = places.map { Int64($0) + 1 }
    var event = ProposedEvent(
      .created, .observation, subject: .none, occurredAt: Timestamp(microseconds: 1_790_000_000_000_000))
    event.project = NameReference(index: 1)
    event.cluster = NameReference(index: 2)
    event.owner = NameReference(index: 3)
    event.actor = NameReference(index: 3)
    event.reporter = NameReference(index: 4)
    event.type = .fineTuning
    event.resources = Resources(cpuMillicores: 8000, memoryBytes: 32 << 30, gpuMilli: 1000)
    event.name = TextRange(offset: 0, count: UInt32(bytes.count))
    template = event
  }

  /// The n-th event of a writer; ids are by time, as the ledger makes them.
  func event(_ index: Int, of writer: Int) -> ProposedEvent {
    var event = template
    let time = Timestamp(microseconds: template.occurredAt.microseconds + Int64(index) * 1000)
    event.subject = WorkloadID(at: time, random: UInt64(writer), UInt64(index) << 16 | UInt64(writer))
    return event
  }

  /// What the floor commits at once for so many writers.
  func group(of count: Int) -> PlannedBatch {
    var plan = PlannedBatch()
    for index in 0..<count {
      let event = event(index, of: 1000)
      plan.events.append(event)
      plan.recordSizes.append(Int32(event.recordSize))
      plan.rows.append(1 << 40 + UInt64(index))
      plan.created.append((event.subject, 1 << 40 + UInt64(index)))
    }
    return plan
  }

  /// A batch with all names, so that none is registered while the clock runs.
  func transport() -> Transport {
    var plan = PlannedBatch()
    plan.nameCount = names.count
    var transport = Transport()
    transport.load(plan, names: names)
    return transport
  }
}

/// One thread's way to the ledger. Used by one thread at a time.
private final class LedgerWriter: @unchecked Sendable {
  private let ledger: Ledger
  private let source: CreationSource
  private let writer: Int
  private var transport: Transport
  private var outcomes: [EventOutcome] = []
  private var count = 0

  init(_ stores: Stores, _ source: CreationSource, _ writer: Int) throws {
    ledger = stores.ledger
    self.source = source
    self.writer = writer
    transport = source.transport()
    append(1)
  }

  func append(_ count: Int) {
    for _ in 0..<count {
      transport.load(source.event(self.count, of: writer), texts: source.bytes)
      self.count += 1
      do throws(LedgerError) {
        try ledger.append(&transport.batch, now: source.template.occurredAt, outcomes: &outcomes)
      } catch { fatalError(error.message) }
    }
  }
}

/// One thread's connection to SQLite. Used by one thread at a time.
private final class PeerWriter: @unchecked Sendable {
  private let peer: Peer
  private let source: CreationSource
  private let writer: Int
  private var transport: Transport
  private var count = 0

  init(_ stores: Stores, _ source: CreationSource, _ writer: Int) throws {
    peer = try Peer(path: "\(stores.folder.path)/\(stores.name)/peer.sqlite", isNew: false)
    peer.adopt(source.numbers)
    self.source = source
    self.writer = writer
    transport = source.transport()
    append(1)
  }

  func append(_ count: Int) {
    for _ in 0..<count {
      transport.load(source.event(self.count, of: writer), texts: source.bytes)
      self.count += 1
      do throws(DatabaseError) {
        try peer.append(transport.batch, now: source.template.occurredAt, names: source.names)
      } catch { fatalError(error.description) }
    }
  }
}

/// One connection for all threads.
private final class LockedPeer: Sendable {
  private let writer: PeerWriter
  private let lock = Mutex(())

  init(_ writer: PeerWriter) { self.writer = writer }

  func append(_ count: Int) {
    for _ in 0..<count { lock.withLock { _ in writer.append(1) } }
  }
}
