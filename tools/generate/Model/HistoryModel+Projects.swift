import WorkloadModel

// Projects, their members and quotas come into being when somebody first needs them.
extension HistoryModel {
  func project(of workload: LiveWorkload) -> Int { Int(cast.projectOfSeat[Int(workload.seat)]) }

  func lead(of workload: LiveWorkload) -> Int { cast.lead(ofProject: project(of: workload)) }

  mutating func foundProject(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let project = project(of: workload)
    if !projectExists[project] {
      projectExists[project] = true
      let lead = lead(of: workload)
      isMember[lead * 2] = true
      giveProjectEvent(.projectCreated, of: workload, owner: nil, &batch)
    }
    plan(.join, after: moment(60), &workload)
  }

  mutating func join(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let seat = Int(workload.seat)
    if isMember[seat] { return plan(.create, after: 0, &workload) }
    isMember[seat] = true
    giveProjectEvent(.memberAdded, of: workload, owner: workload.user, &batch)
    let needsQuota = gpuLimit[seat] == -2 && random.chance(0.8)
    if !needsQuota, gpuLimit[seat] == -2 { gpuLimit[seat] = -1 }
    plan(needsQuota ? .setQuota : .create, after: moment(60), &workload)
  }

  mutating func setQuota(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let sizes: [Int64] = [1000, 2000, 4000, 8000, 8000, 16_000]
    gpuLimit[Int(workload.seat)] = sizes[random.below(sizes.count)]
    giveQuota(workload, &batch)
    plan(.create, after: moment(120), &workload)
  }

  /// The lead doubles a quota until the workload fits, as people do who are asked often enough.
  mutating func raiseQuota(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    let seat = Int(workload.seat)
    let need = gpuHeld[seat] + workload.resources.gpuMilli
    if gpuLimit[seat] < need {
      while gpuLimit[seat] < need { gpuLimit[seat] *= 2 }
      giveQuota(workload, &batch)
    }
    plan(workload.stepAfterQuota, after: moment(30), &workload)
  }

  mutating func leave(_ workload: inout LiveWorkload, _ batch: inout EventBatch) {
    workload.step = .done
    let seat = Int(workload.seat)
    guard isMember[seat], workload.user != lead(of: workload) else { return }
    isMember[seat] = false
    giveProjectEvent(.memberRemoved, of: workload, owner: workload.user, &batch)
  }

  private mutating func giveQuota(_ workload: LiveWorkload, _ batch: inout EventBatch) {
    let gpus = gpuLimit[Int(workload.seat)]
    let isWide = random.chance(0.5)
    let limits = Resources(
      cpuMillicores: isWide ? -1 : gpus * 32, memoryBytes: isWide ? -1 : (gpus / 1000) << 38, gpuMilli: gpus)
    giveProjectEvent(.quotaSet, of: workload, owner: workload.user, limits: limits, &batch)
  }

  /// Everything about a project is done by its lead; `owner` is the member or whose quota it is.
  private mutating func giveProjectEvent(
    _ kind: EventKind, of workload: LiveWorkload, owner: Int?, limits: Resources = Resources(),
    _ batch: inout EventBatch
  ) {
    let lead = lead(of: workload)
    var event = event(kind, of: workload, by: lead, reportedBy: cast.reporter(ofUser: lead), &batch)
    event.subject = .none
    event.occurredAt = Timestamp(microseconds: now)
    if let owner { event.owner = reference(owner, &batch) }
    event.resources = limits
    give(event, version: 0, &batch)
  }
}
