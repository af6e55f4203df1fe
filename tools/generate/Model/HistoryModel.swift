public import WorkloadModel

/// A history of a cluster that never was, as close to real ones as a seed can make it.
///
/// A simulation by events: users arrive by the hour of the day, workloads wait, run and end, and whatever is
/// due next is the next event. Memory holds what is still to happen (`liveCount`), never what has happened.
/// Nothing but the options goes in: no clock and no randomness from outside.
///
/// Events come in the order of their reports (`lastReport.reportedAt`). Almost all are reported as they
/// occur; late ones occurred up to days before, and the few that contradict what was reported already say so.
public struct HistoryModel: Sendable {
  /// What the history was made from.
  public let options: HistoryOptions
  /// How many events have been given out.
  public private(set) var eventCount = 0
  /// What the model knows of the event that it gave out last, beyond the event itself.
  public private(set) var lastReport = Report()

  /// What a ledger that reads the history will say of an event.
  public struct Report: Hashable, Sendable, BitwiseCopyable {
    /// When the ledger was told.
    public var reportedAt = Timestamp(microseconds: 0)
    /// The number of the event in its stream; of the stream's newest event for a refused action, 0 without one.
    public var version: UInt32 = 0
    /// Why the event can't be applied; nil where it fits.
    public var anomaly: Anomaly?
  }

  let cast: Cast
  let rhythm: Rhythm
  let durations = Durations()
  let profiles = Profile.all
  let typeChoice = Choice(Profile.all.map(\.share))
  let fateChoice = Choice(Fate.allCases.map(\.perMille))
  let jobCourses = Choice(Course.allCases.map(\.perMilleOfJobs))
  let serviceCourses = Choice(Course.allCases.map(\.perMilleOfServices))
  let texts = Texts()
  var random: Random
  var live: [LiveWorkload] = []
  var freeSlots: [Int] = []
  var queue = EventQueue()
  /// The report time of the event that is being made.
  var now: Int64
  var nextArrival: Int64
  var createdCount: UInt64 = 0
  var projectExists: [Bool]
  /// By seat.
  var isMember: [Bool]
  /// By seat, in thousandths of a GPU; -1 is no quota, -2 not decided yet.
  var gpuLimit: [Int64]
  /// By seat, what its running workloads hold, in thousandths of a GPU.
  var gpuHeld: [Int64]
  /// Where messages are put together.
  var scratch: [UInt8] = []
  /// By the cast's numbers: where a name stands in the caller's batch.
  private var references: [NameReference]
  private var namesOfBatch = 0

  /// A history from its beginning. The options must have no flaw.
  public init(_ options: HistoryOptions) {
    precondition(options.flaw == nil, "the options have a flaw")
    self.options = options
    var random = Random(seed: options.seed)
    cast = Cast(options, &random)
    rhythm = Rhythm(options)
    self.random = random
    now = options.start.microseconds / 1000 * 1000
    nextArrival = now
    projectExists = Array(repeating: false, count: options.projects)
    isMember = Array(repeating: false, count: options.users * 2)
    gpuLimit = Array(repeating: -2, count: options.users * 2)
    gpuHeld = Array(repeating: 0, count: options.users * 2)
    references = Array(repeating: .unknown, count: cast.nameCount)
  }

  /// How many workloads something is still to happen to.
  public var liveCount: Int { live.count - freeSlots.count }
  /// How many places the model has ever needed at once.
  public var slotCount: Int { live.count }
  /// How many entries wait in the queue: one for each live workload.
  public var queueCount: Int { queue.count }

  /// Appends the next event to the batch; false when there are no more.
  ///
  /// Names are interned when they are first used. Give one batch to one model; a batch that lost its names
  /// (a new one) is noticed by their number.
  public mutating func next(into batch: inout EventBatch) -> Bool {
    guard eventCount < options.events else { return false }
    if batch.nameCount < namesOfBatch {
      for name in references.indices { references[name] = .unknown }
    }
    let count = batch.events.count
    while batch.events.count == count {
      while nextArrival <= queue.firstTime { arrive() }
      guard let entry = queue.pop() else { preconditionFailure("somebody always arrives") }
      now = entry.time
      perform(entry.slot, &batch)
    }
    precondition(batch.events.count == count + 1, "each step gives at most one event")
    namesOfBatch = batch.nameCount
    return true
  }

  /// Gives a place to a workload that somebody wants, and decides when the next arrives.
  private mutating func arrive() {
    let time = nextArrival
    nextArrival += durations.gap(perSecond: rhythm.highestRate, &random)
    guard random.chance(rhythm.share(at: time)) else { return }
    let seat = cast.drawSeat(&random)
    let project = Int(cast.projectOfSeat[seat])
    let cluster = random.chance(0.7) ? Int(cast.homeCluster[seat / 2]) : random.below(Cast.clusters.count)
    let profile = typeChoice.draw(&random)
    var workload = LiveWorkload(
      seat: UInt32(seat), cluster: UInt8(cluster), type: profiles[profile].type,
      step: projectExists[project] ? isMember[seat] ? .create : .join : .foundProject)
    workload.resources = profiles[profile].drawResources(&random)
    workload.due = time
    if let slot = freeSlots.popLast() {
      live[slot] = workload
      queue.push(slot, at: time)
    } else {
      live.append(workload)
      queue.push(live.count - 1, at: time)
    }
  }

  // MARK: Writing events

  /// Where a name of the cast stands in the batch.
  mutating func reference(_ name: Int, _ batch: inout EventBatch) -> NameReference {
    if references[name] == .unknown {
      let (nameClass, text) = cast.name(name, options: options)
      references[name] = batch.intern(nameClass, text)
    }
    return references[name]
  }

  /// The beginnings of an event of now, all but what its kind adds.
  mutating func event(
    _ kind: EventKind, of workload: LiveWorkload, by actor: Int?, reportedBy reporter: Int,
    _ batch: inout EventBatch
  ) -> ProposedEvent {
    var event = ProposedEvent(
      kind, .observation, subject: workload.id, occurredAt: Timestamp(microseconds: now - workload.lag))
    event.identity = .number(UInt64(eventCount + 1))
    event.source = reference(cast.source, &batch)
    if let actor { event.actor = reference(actor, &batch) }
    event.reporter = reference(reporter, &batch)
    event.project = reference(cast.project(Int(cast.projectOfSeat[Int(workload.seat)])), &batch)
    return event
  }

  /// Puts an event at the end of the batch.
  mutating func give(
    _ event: ProposedEvent, version: UInt32, anomaly: Anomaly? = nil, _ batch: inout EventBatch
  ) {
    batch.events.append(event)
    eventCount += 1
    lastReport = Report(reportedAt: Timestamp(microseconds: now), version: version, anomaly: anomaly)
  }
}
