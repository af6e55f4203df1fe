import WorkloadModel

// The life of a workload, step by step: each writes at most one event and plans the next step.
extension HistoryModel {
  /// Does what is due for the workload in a place, and puts it back into the queue or gives the place away.
  mutating func perform(_ slot: Int, _ batch: inout EventBatch) {
    var workload = live[slot]
    if workload.detour != .none {
      take(workload.detour, &workload, &batch)
      workload.detour = .none
    } else {
      switch workload.step {
      case .foundProject: foundProject(&workload, &batch)
      case .join: join(&workload, &batch)
      case .setQuota: setQuota(&workload, &batch)
      case .create: create(&workload, &batch)
      case .queue: queueUp(&workload, &batch)
      case .start: start(&workload, &batch)
      case .end: end(&workload, &batch)
      case .lose: lose(&workload, &batch)
      case .find: find(&workload, &batch)
      case .requestDeletion: requestDeletion(&workload, &batch)
      case .failDeletion: failDeletion(&workload, &batch)
      case .delete: delete(&workload, &batch)
      case .raiseQuota: raiseQuota(&workload, &batch)
      case .leave: leave(&workload, &batch)
      case .done: preconditionFailure("a workload that is done waits for nothing")
      }
    }
    if workload.step == .done && workload.detour == .none {
      freeSlots.append(slot)
      return
    }
    live[slot] = workload
    queue.push(slot, at: workload.detour == .none ? workload.due : workload.detourDue)
  }

  // MARK: Planning

  /// The next step after a delay in microseconds. What an agent reports may come late.
  mutating func plan(
    _ step: Step, after delay: Int64, _ workload: inout LiveWorkload, isReported: Bool = false
  ) {
    workload.step = step
    workload.due = now + delay
    workload.lag = 0
    if isReported, random.chance(0.012) {
      workload.lag = durations.logNormal(median: 5400, sigma: 1.1, limit: 400_000, &random)
      workload.due += workload.lag
    }
    if workload.serial > 0, delay > 2_000_000, random.chance(0.03) {
      detour(after: delay / 2000 * 1000, &workload)
    }
  }

  /// Nothing more happens, but for a late report or one more attempt now and then.
  mutating func finish(_ workload: inout LiveWorkload) {
    workload.step = .done
    workload.lag = 0
    if random.chance(0.008) {
      detour(after: durations.logNormal(median: 900, sigma: 1.5, &random), &workload)
      workload.due = workload.detourDue
    } else if random.chance(0.002) || workload.serial == UInt64(Fate.allCases.count) {
      plan(.leave, after: durations.logNormal(median: 7200, sigma: 1, &random), &workload)
    }
  }

  private mutating func detour(after delay: Int64, _ workload: inout LiveWorkload) {
    let kind = random.below(20)
    workload.detour = kind < 9 ? .refuseAction : kind < 15 ? .refuseOutsider : .contradict
    workload.detourDue = now + delay
  }

  /// Some seconds or minutes of somebody's time.
  mutating func moment(_ seconds: Double) -> Int64 {
    durations.logNormal(median: seconds, sigma: 0.8, limit: 86_400, &random)
  }

  /// Writes an event of the workload's stream.
  mutating func give(_ event: ProposedEvent, of workload: inout LiveWorkload, _ batch: inout EventBatch) {
    workload.version += 1
    workload.lastOccurred = event.occurredAt.microseconds
    workload.lag = 0
    give(event, version: workload.version, &batch)
  }

  // MARK: Before the run

  private mutating func create(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let limit = gpuLimit[Int(workload.seat)]
    if limit >= 0, workload.resources.gpuMilli > limit, workload.refusals == 0 {
      workload.refusals = 1
      refuseOverQuota(.created, &workload, &batch)
      if random.chance(0.5) {
        workload.resources.gpuMilli = limit
        plan(.create, after: moment(90), &workload)
      } else {
        workload.stepAfterQuota = .create
        plan(.raiseQuota, after: moment(1800), &workload)
      }
      return
    }
    workload.id = WorkloadID(at: Timestamp(microseconds: now), random: random.next(), random.next())
    createdCount += 1
    workload.serial = createdCount
    workload.refusals = 0
    workload.createdAt = now
    // The first workloads show every fate, so that a short history has every status too.
    let fate = createdCount < UInt64(Fate.allCases.count) ? Int(createdCount) : fateChoice.draw(&random)
    workload.fate = Fate.allCases[fate]
    let creator = random.chance(0.04) ? cast.ci : workload.user
    let event = creation(of: workload, by: creator, &batch)
    give(event, of: &workload, &batch)
    if workload.fate == .staysAdded {
      finish(&workload)
    } else {
      let delay = durations.logNormal(median: 0.8, sigma: 1.2, &random)
      plan(.queue, after: delay, &workload, isReported: true)
    }
  }

  // MARK: The run

  private mutating func queueUp(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    if workload.run != .added { workload.attempt &+= 1 }
    release(&workload)
    workload.run = .pending
    let cluster = Int(workload.cluster)
    let event = event(
      .queued, of: workload, by: cast.scheduler(ofCluster: cluster),
      reportedBy: cast.agent(ofCluster: cluster), &batch)
    give(event, of: &workload, &batch)
    if workload.fate == .staysPending { return finish(&workload) }
    let gpus = Double(workload.resources.gpuMilli) / 1000
    let wait = durations.logNormal(median: 2.5 + gpus * gpus, sigma: 2.1, &random)
    let way = random.below(1000)
    switch way {
    case 0..<12: planEnd(.fails, after: wait, &workload)
    case 12..<26: planEnd(.stoppedByUser, after: wait * 20, &workload)
    case 26..<30: planEnd(.completes, after: wait * 20, &workload)
    case 30..<50: plan(.requestDeletion, after: wait * 30, &workload)
    default: plan(.start, after: wait, &workload, isReported: true)
    }
  }

  private mutating func start(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let seat = Int(workload.seat)
    let request = workload.resources.gpuMilli
    if gpuLimit[seat] >= 0, request > 0, gpuHeld[seat] + request > gpuLimit[seat] {
      workload.lag = 0
      if workload.refusals < 2 {
        workload.refusals += 1
        refuseOverQuota(.started, &workload, &batch)
        return plan(.start, after: moment(1200), &workload)
      }
      workload.stepAfterQuota = .start
      return plan(.raiseQuota, after: moment(60), &workload)
    }
    if workload.run.hasEnded { workload.attempt &+= 1 }
    workload.run = .running
    gpuHeld[seat] += request
    let cluster = Int(workload.cluster)
    let event = event(
      .started, of: workload, by: cast.scheduler(ofCluster: cluster),
      reportedBy: cast.agent(ofCluster: cluster), &batch)
    give(event, of: &workload, &batch)
    if workload.fate == .staysRunning { return finish(&workload) }
    let profile = Int(workload.type.rawValue) - 1
    let isService = profiles[profile].isService
    let drawn = isService ? serviceCourses.draw(&random) : jobCourses.draw(&random)
    let time = durations.logNormal(median: profiles[profile].medianRun, sigma: 1.7, &random)
    let course = workload.fate == .staysUnknown ? .losesContact : Course.allCases[drawn]
    switch course {
    case .isRequeued: plan(.queue, after: time / 4000 * 1000, &workload)
    case .losesContact: plan(.lose, after: time / 2000 * 1000, &workload)
    case .isDeletedMeanwhile: plan(.requestDeletion, after: time / 2000 * 1000, &workload)
    case .hitsTimeLimit:
      let limits: [Int64] = [1, 4, 8, 24]
      planEnd(course, after: limits[random.below(4)] * 3_600_000_000, &workload)
    case .completes, .fails, .stoppedByUser, .isPreempted, .losesItsNode, .endsUnexplained:
      planEnd(course, after: time, &workload)
    }
  }

  private mutating func planEnd(_ course: Course, after delay: Int64, _ workload: inout LiveWorkload) {
    workload.course = course
    plan(.end, after: delay, &workload, isReported: true)
  }

  private mutating func end(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let course = workload.course
    let kind: EventKind = course == .completes ? .completed : course == .fails ? .failed : .terminated
    let cluster = Int(workload.cluster)
    // What ends by itself has no actor, and nobody knows who was behind what nobody explained.
    let actor: Int? =
      switch course {
      case .stoppedByUser: random.chance(0.9) ? workload.user : lead(of: workload)
      case .hitsTimeLimit, .isPreempted, .losesItsNode: cast.scheduler(ofCluster: cluster)
      default: nil
      }
    var event = event(kind, of: workload, by: actor, reportedBy: cast.agent(ofCluster: cluster), &batch)
    switch kind {
    case .failed:
      event.reason = anyText(workload.run == .pending ? texts.earlyFailures : texts.failures, &batch)
    case .terminated:
      event.reason = text(texts.causes, Int(course.rawValue), &batch)
      event.timeIsBound = workload.contactIsLost
    default: break
    }
    release(&workload)
    workload.run = kind == .completed ? .complete : kind == .failed ? .failed : .terminated
    workload.contactIsLost = false
    give(event, of: &workload, &batch)
    decideAfterEnd(course, &workload)
  }

  private mutating func decideAfterEnd(_ course: Course, _ workload: inout LiveWorkload) {
    if workload.deletion == .requested { return plan(.delete, after: moment(8), &workload) }
    let retries: Double =
      switch course {
      case .fails: 0.25
      case .isPreempted: 0.8
      case .losesItsNode: 0.6
      default: 0
      }
    if workload.attempt < 5, random.chance(retries) {
      let step: Step = random.chance(0.9) ? .queue : .start
      return plan(step, after: moment(course == .fails ? 300 : 15), &workload)
    }
    let mustBeDeleted = workload.fate == .deletionNeverAnswered || workload.fate == .deletionFailsForGood
    let delay = durations.logNormal(median: 10_800, sigma: 1.9, limit: 2_592_000, &random)
    if mustBeDeleted || random.chance(0.68) {
      plan(.requestDeletion, after: delay, &workload)
    } else if random.chance(0.03) {
      plan(.delete, after: delay, &workload, isReported: true)
    } else {
      finish(&workload)
    }
  }

  private mutating func lose(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let reporter = cast.agent(ofCluster: Int(workload.cluster))
    var event = event(.contactLost, of: workload, by: nil, reportedBy: reporter, &batch)
    event.reason = anyText(texts.contactLosses, &batch)
    workload.contactIsLost = true
    give(event, of: &workload, &batch)
    if workload.fate == .staysUnknown { return finish(&workload) }
    let way = random.below(10)
    if way < 7 {
      plan(.find, after: moment(600), &workload)
    } else if way < 9 {
      planEnd(.endsUnexplained, after: moment(5400), &workload)
    } else {
      plan(.requestDeletion, after: moment(5400), &workload)
    }
  }

  /// Contact is back: the run is reported again as it was.
  private mutating func find(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let cluster = Int(workload.cluster)
    let event = event(.started, of: workload, by: nil, reportedBy: cast.agent(ofCluster: cluster), &batch)
    workload.contactIsLost = false
    give(event, of: &workload, &batch)
    planEnd(random.chance(0.75) ? .completes : .fails, after: moment(1800), &workload)
  }

  /// What a run held is free again.
  private mutating func release(_ workload: inout LiveWorkload) {
    if workload.run == .running { gpuHeld[Int(workload.seat)] -= workload.resources.gpuMilli }
  }

  // MARK: The deletion

  private mutating func requestDeletion(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    if workload.deleter < 0 {
      let who = random.below(100)
      workload.deleter = Int32(who < 84 ? workload.user : who < 95 ? cast.cleanup : lead(of: workload))
      if Int(workload.deleter) == workload.user, !isMember[Int(workload.seat)] {
        // The owner has left the project; its lead has to ask.
        refuse(.deleteRequested, by: workload.user, as: .outsider, &workload, &batch)
        workload.deleter = Int32(lead(of: workload))
        return plan(.requestDeletion, after: moment(3600), &workload)
      }
    }
    let actor = Int(workload.deleter)
    var event = event(
      .deleteRequested, of: workload, by: actor, reportedBy: cast.reporter(ofUser: actor), &batch)
    if random.chance(0.2) { event.reason = anyText(texts.deletionReasons, &batch) }
    workload.deletion = .requested
    give(event, of: &workload, &batch)
    if workload.fate == .deletionNeverAnswered { return finish(&workload) }
    if workload.fate == .deletionFailsForGood || random.chance(0.05) {
      plan(.failDeletion, after: moment(300), &workload)
    } else if workload.run == .running, !workload.contactIsLost, random.chance(0.35) {
      planEnd(.stoppedByUser, after: moment(5), &workload)
    } else {
      plan(.delete, after: moment(8), &workload, isReported: true)
    }
  }

  private mutating func failDeletion(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let reporter = cast.agent(ofCluster: Int(workload.cluster))
    var event = event(.deleteFailed, of: workload, by: nil, reportedBy: reporter, &batch)
    event.reason = anyText(texts.deletionFailures, &batch)
    workload.deletion = .failed
    give(event, of: &workload, &batch)
    if workload.fate == .deletionFailsForGood { return finish(&workload) }
    if random.chance(0.75) {
      plan(.requestDeletion, after: moment(3600), &workload)
    } else {
      workload.deleter = Int32(lead(of: workload))
      plan(.delete, after: moment(40_000), &workload)
    }
  }

  private mutating func delete(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    // Without a request nobody knows who it was.
    let actor = workload.deleter < 0 ? nil : Int(workload.deleter)
    let reporter = cast.agent(ofCluster: Int(workload.cluster))
    let event = event(.deleted, of: workload, by: actor, reportedBy: reporter, &batch)
    release(&workload)
    if !workload.run.hasEnded { workload.run = .terminated }
    workload.deletion = .deleted
    workload.contactIsLost = false
    give(event, of: &workload, &batch)
    finish(&workload)
  }
}
