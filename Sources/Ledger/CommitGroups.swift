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

/// The batches that share one commit. The first caller commits for all; the others wait for the end together, so that
/// one call wakes them all.
private final class CommitGroup: @unchecked Sendable {
  /// Changed under the lock of the queue until the leader takes the group, and by nobody from then on.
  var members: [CommitMember] = []
  var eventCount = 0
  var callerCount = 0
  /// So many callers end the waiting of the leader for those who come again; 0 while it does not wait for them.
  var awaitedCallers = 0
  /// Wakes the leader: the group before has committed, and later, all that it waits for have come.
  let leader = DispatchSemaphore(value: 0)
  /// Ends the waiting of the others.
  let end = DispatchGroup()

  init() { end.enter() }

  func add(_ members: [CommitMember], _ eventCount: Int) {
    self.members += members
    self.eventCount += eventCount
    callerCount += 1
    if callerCount == awaitedCallers { leader.signal() }
  }
}

/// Lets concurrent callers share commits: while one group commits, all who come queue for the next.
///
/// A commit takes as long for one event as for sixty, and most callers that are woken by one come again at once. So
/// the next leader gives them a moment: without it, callers fall apart into halves that wait for each other in turn. A
/// caller that is alone waits for nobody.
package final class CommitGroups: Sendable {
  private struct Queue {
    /// The groups that wait, in order; only the last takes more members.
    var waiting: [CommitGroup] = []
    var isCommitting = false
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
    let (group, leads, mustWait) = join(members)
    if leads {
      if mustWait { group.leader.wait() }
      lead(group, commit)
    } else {
      group.end.wait()
    }
  }

  /// Puts a caller's batches into the group that is open, or into a new one that it leads.
  private func join(_ members: [CommitMember]) -> (group: CommitGroup, leads: Bool, mustWait: Bool) {
    let count = members.reduce(0) { $0 + $1.batch.events.count }
    return queue.withLock { queue in
      if let open = queue.waiting.last, open.eventCount + count <= Self.eventLimit {
        open.add(members, count)
        return (open, false, false)
      }
      let group = CommitGroup()
      group.add(members, count)
      queue.waiting.append(group)
      defer { queue.isCommitting = true }
      return (group, true, queue.isCommitting)
    }
  }

  /// Commits the group at the head of the queue, then wakes its members and the next leader.
  private func lead(_ group: CommitGroup, _ commit: ([CommitMember]) throws(LedgerError) -> Void) {
    waitForReturning(to: group)
    // From here on nobody joins.
    queue.withLock { _ = $0.waiting.removeFirst() }
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
    queue.withLock { $0.expectedCallers = group.callerCount + ($0.waiting.first?.callerCount ?? 0) }
    // The members first: the next leader would only wait for them.
    group.end.leave()
    let next = queue.withLock { queue in
      queue.isCommitting = !queue.waiting.isEmpty
      return queue.waiting.first
    }
    next?.leader.signal()
  }

  /// Waits a moment for the callers that the last commit woke. A group that has another behind it takes no more.
  private func waitForReturning(to group: CommitGroup) {
    let mustWait = queue.withLock { queue in
      guard group.callerCount < queue.expectedCallers, queue.waiting.count == 1 else { return false }
      group.awaitedCallers = queue.expectedCallers
      return true
    }
    if mustWait { _ = group.leader.wait(timeout: .now() + patience) }
  }
}
