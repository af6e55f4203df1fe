package import Dispatch
import Synchronization
package import WorkloadModel

/// One batch while it waits for its commit. Owned by one thread at a time: the caller's until it is queued and after it
/// is woken, the leader's in between.
package final class CommitMember: @unchecked Sendable {
  var batch = EventBatch()
  package let now: Timestamp
  var outcomes: [EventOutcome] = []
  var numbers: [NameNumber] = []
  /// The newest redaction when the numbers were found.
  var redaction: UInt64 = 0
  /// Why nothing of the batch was kept.
  package var error: LedgerError?

  package init(now: Timestamp) {
    self.now = now
  }
}

/// The batches that share one commit. One caller commits for all; the others wait for the end together, so that one
/// call wakes them all.
private final class CommitGroup: @unchecked Sendable {
  /// Changed under the lock of the queue until the leader takes the group, and by nobody from then on.
  var members: [CommitMember] = []
  var eventCount = 0
  var callerCount = 0
  /// The leader waits for so many callers; 0 while it does not.
  var awaitedCallers = 0
  /// Wakes the leader: the group before has committed.
  let leader = DispatchSemaphore(value: 0)
  /// Ends the waiting of the others.
  let end = DispatchGroup()

  /// With room for the members of the group before.
  init(expecting memberCount: Int = 1) {
    members.reserveCapacity(memberCount)
    end.enter()
  }

  /// Whether the caller is the last for whom the leader waits.
  func add(_ members: [CommitMember], _ eventCount: Int) -> Bool {
    self.members += members
    self.eventCount += eventCount
    callerCount += 1
    return callerCount == awaitedCallers
  }
}

/// Lets concurrent callers share commits: while one group commits, all who come queue for the next.
///
/// A commit takes as long for one event as for sixty, and most callers that are woken by one come again at once. So
/// the next leader gives them a moment: without it, callers fall apart into halves that wait for each other in turn. The
/// last of them to come leads instead: it runs already. A caller that is alone waits for nobody.
package final class CommitGroups: Sendable {
  private struct Queue {
    /// The groups that wait, in order; only the last takes more members.
    var waiting: [CommitGroup] = []
    var isCommitting = false
    /// The group that the next caller opens, made beforehand: while one caller makes it the others would spin.
    var spare: CommitGroup?
    /// How many callers the next group has if all come again whom the last commit woke.
    var expectedCallers = 1
  }
  private let queue = Mutex(Queue())
  /// How long a leader waits at most for callers to come again.
  private let patience: DispatchTimeInterval
  /// So many events share a commit at most: more would only make everybody wait.
  private static let eventLimit = 65_536

  /// The patience is about half of what a durable commit takes: who waits in vain loses less than who commits twice.
  package init(patience: DispatchTimeInterval = .microseconds(100)) { self.patience = patience }

  /// How many callers wait for their commit to begin.
  package var waitingCallers: Int {
    queue.withLock { $0.waiting.reduce(0) { $0 + $1.callerCount } }
  }

  /// Commits the batches of one caller, all in the same commit, and returns when they are durable or have failed.
  package func submit(_ members: [CommitMember], _ commit: ([CommitMember]) throws(LedgerError) -> Void) {
    let (group, role) = join(members)
    switch role {
    case .follow: group.end.wait()
    case .lead(let mustWait):
      if mustWait { group.leader.wait() }
      if waitForReturning(to: group) { lead(group, commit) } else { group.end.wait() }
    case .leadInstead: lead(group, commit)
    }
  }

  /// What a caller does for its group.
  private enum Role {
    case follow
    case lead(mustWait: Bool)
    /// All for whom the leader waits have come, and the last of them need not wake it.
    case leadInstead
  }

  /// Puts a caller's batches into the group that is open, or into a new one that it leads.
  private func join(_ members: [CommitMember]) -> (CommitGroup, Role) {
    let count = members.reduce(0) { $0 + $1.batch.events.count }
    return queue.withLock { queue in
      if let open = queue.waiting.last, open.eventCount + count <= Self.eventLimit {
        guard open.add(members, count) else { return (open, .follow) }
        queue.waiting.removeLast()
        return (open, .leadInstead)
      }
      let group = queue.spare ?? CommitGroup()
      queue.spare = nil
      _ = group.add(members, count)
      queue.waiting.append(group)
      defer { queue.isCommitting = true }
      return (group, .lead(mustWait: queue.isCommitting))
    }
  }

  /// Commits the group, which was taken from the queue so that nobody joins any more, then wakes its members and the
  /// next leader.
  private func lead(_ group: CommitGroup, _ commit: ([CommitMember]) throws(LedgerError) -> Void) {
    do throws(LedgerError) { try commit(group.members) } catch {
      if group.members.count == 1 {
        group.members[0].error = error
      } else {
        // One bad batch must not take the others with it.
        for member in group.members {
          do throws(LedgerError) { try commit([member]) } catch { member.error = error }
        }
      }
    }
    let spare = CommitGroup(expecting: group.members.count)
    queue.withLock {
      $0.expectedCallers = group.callerCount + ($0.waiting.first?.callerCount ?? 0)
      $0.spare = spare
    }
    // The members first: the next leader would only wait for them.
    group.end.leave()
    let next = queue.withLock { queue in
      queue.isCommitting = !queue.waiting.isEmpty
      return queue.waiting.first
    }
    next?.leader.signal()
  }

  /// Waits a moment for the callers that the last commit woke, and takes the group from the queue; false where the last
  /// of them has taken it. A group that has another behind it takes no more.
  private func waitForReturning(to group: CommitGroup) -> Bool {
    let mustWait = queue.withLock { queue in
      guard group.callerCount < queue.expectedCallers, queue.waiting.count == 1 else {
        queue.waiting.removeFirst()
        return false
      }
      group.awaitedCallers = queue.expectedCallers
      return true
    }
    guard mustWait else { return true }
    if group.end.wait(timeout: .now() + patience) == .success { return false }
    return queue.withLock { queue in
      guard queue.waiting.first === group else { return false }
      queue.waiting.removeFirst()
      return true
    }
  }
}
