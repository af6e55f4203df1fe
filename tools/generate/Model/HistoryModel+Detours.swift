import WorkloadModel

// What happens beside a workload's way: refused actions, and reports that come twice or out of order.
extension HistoryModel {
  /// Why an action was refused.
  enum RefusalCause {
    case status, outsider
  }

  mutating func take(_ detour: Detour, _ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    switch detour {
    case .none: return
    case .contradict: contradict(&workload, &batch)
    case .refuseAction:
      let wanted: [EventKind] = [.completed, .started, .deleteRequested, .terminated, .queued, .contactLost]
      let state = state(of: workload)
      let first = random.below(wanted.count)
      for offset in wanted.indices {
        let kind = wanted[(first + offset) % wanted.count]
        if Decider.allows(kind, on: state) { continue }
        return refuse(kind, by: workload.user, as: .status, &workload, &batch)
      }
    case .refuseOutsider:
      let project = Int32(project(of: workload))
      for _ in 0..<8 {
        let user = random.below(cast.users)
        if cast.projectOfSeat[user * 2] == project || cast.projectOfSeat[user * 2 + 1] == project { continue }
        let kinds: [EventKind] = [.deleteRequested, .terminated, .deleteRequested, .started]
        return refuse(kinds[random.below(4)], by: user, as: .outsider, &workload, &batch)
      }
    }
  }

  // MARK: Refusals

  /// Somebody wanted what the status or the membership forbids.
  mutating func refuse(
    _ kind: EventKind, by actor: Int, as cause: RefusalCause, _ workload: inout LiveWorkload,
    _ batch: inout EventBatch
  ) {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: kind.command.utf8)
    switch cause {
    case .status:
      scratch.append(contentsOf: " is not allowed: the workload is ".utf8)
      scratch.append(contentsOf: workload.status.label.utf8)
    case .outsider: scratch.append(contentsOf: " is not allowed: not a member of the project".utf8)
    }
    giveRefusal(of: kind, by: actor, reportedBy: cast.reporter(ofUser: actor), workload, &batch)
  }

  /// The request, alone or with what the owner holds, is more than the quota.
  mutating func refuseOverQuota(
    _ kind: EventKind, _ workload: inout LiveWorkload, _ batch: inout EventBatch
  ) {
    let seat = Int(workload.seat)
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: "over quota: ".utf8)
    appendThousandths(workload.resources.gpuMilli)
    scratch.append(contentsOf: " GPU requested, ".utf8)
    appendThousandths(kind == .created ? 0 : gpuHeld[seat])
    scratch.append(contentsOf: " held, the limit is ".utf8)
    appendThousandths(gpuLimit[seat])
    giveRefusal(
      of: kind, by: workload.user, reportedBy: cast.reporter(ofUser: workload.user), workload, &batch)
  }

  /// The message stands in `scratch`.
  private mutating func giveRefusal(
    of kind: EventKind, by actor: Int, reportedBy reporter: Int, _ workload: LiveWorkload,
    _ batch: inout EventBatch
  ) {
    var event = event(.actionRefused, of: workload, by: actor, reportedBy: reporter, &batch)
    event.occurredAt = Timestamp(microseconds: now)
    event.refusedKind = kind
    event.reason = batch.addText(scratch.span)
    give(event, version: workload.version, &batch)
  }

  private mutating func appendThousandths(_ value: Int64) {
    appendDecimal(UInt64(value / 1000), to: &scratch)
    guard value % 1000 != 0 else { return }
    scratch.append(UInt8(ascii: "."))
    var rest = value % 1000
    var unit: Int64 = 100
    while rest > 0 {
      scratch.append(UInt8(ascii: "0") &+ UInt8(rest / unit))
      rest %= unit
      unit /= 10
    }
  }

  // MARK: Contradictions

  /// A report that comes a second time, or after what has overtaken it.
  private mutating func contradict(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let kinds: [EventKind] = [
      .queued, .started, .completed, .contactLost, .deleteRequested, .deleteFailed, .terminated,
    ]
    let state = state(of: workload)
    let first = random.below(kinds.count)
    let isCreatedAgain = random.chance(0.1)
    for offset in 0...kinds.count {
      // A second creation contradicts every state, so it is also what is left.
      let isLast = isCreatedAgain || offset == kinds.count
      let kind = isLast ? .created : kinds[(first + offset) % kinds.count]
      guard let anomaly = Decider.anomaly(of: kind, on: state) else { continue }
      let reporter = cast.agent(ofCluster: Int(workload.cluster))
      var event =
        kind == .created
        ? creation(of: workload, by: workload.user, &batch)
        : event(kind, of: workload, by: nil, reportedBy: reporter, &batch)
      let age = durations.logNormal(median: 30, sigma: 1.5, &random)
      event.occurredAt = Timestamp(microseconds: max(workload.createdAt, workload.lastOccurred - age))
      if kind == .terminated {
        event.reason = text(texts.causes, Int(Course.endsUnexplained.rawValue), &batch)
      }
      workload.version += 1
      return give(event, version: workload.version, anomaly: anomaly, &batch)
    }
  }

  /// The workload as the rules see it.
  private func state(of workload: LiveWorkload) -> WorkloadState {
    let creation = WorkloadFact.Creation(
      project: .unknown, cluster: .unknown, owner: .unknown, type: workload.type, resources: Resources())
    var state = WorkloadState(
      created: WorkloadFact(.created, position: 1, occurredAt: .unknown, actor: .unknown), creation)
    state.run = workload.run
    state.deletion = workload.deletion
    state.contact = workload.contactIsLost ? .lost : .known
    return state
  }
}
