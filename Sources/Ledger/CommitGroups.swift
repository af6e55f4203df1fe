import Dispatch
import Synchronization
import WorkloadModel

/// One batch while it waits for its commit. Owned by one thread at a time: the caller's until it is queued and after it
/// is woken, the leader's in between.
final class CommitMember: @unchecked Sendable {
  var batch = EventBatch()
  let now: Timestamp
  var outcomes: [EventOutcome] = []
  var numbers: [NameNumber] = []
  /// The newest redaction when the numbers were found.
  var redaction: UInt64 = 0
  /// Why nothing of the batch was kept.
  var error: LedgerError?

  init(now: Timestamp) {
    self.now = now
  }
}

/// The batches that share one commit. The first member commits for all; the others wait for the end together, so that
/// one call wakes them all.
private final class CommitGroup: @unchecked Sendable {
  /// Changed under the lock of the queue until the leader takes the group, and by nobody from then on.
  var members: [CommitMember]
  var eventCount: Int
  /// Ends the waiting of the leader: the group before has committed.
  let turn = DispatchSemaphore(value: 0)
  /// Ends the waiting of the others.
  let end = DispatchGroup()

  init(_ members: [CommitMember], _ eventCount: Int) {
    self.members = members
    self.eventCount = eventCount
    end.enter()
  }
}

/// Lets concurrent callers share commits: while one group commits, all who come queue for the next.
final class CommitGroups: Sendable {
  private struct Queue {
    /// The groups that wait, in order; only the last takes more members.
    var waiting: [CommitGroup] = []
    var isCommitting = false
  }
  private let queue = Mutex(Queue())
  /// So many events share a commit at most: more would only make everybody wait.
  private static let eventLimit = 65_536

  /// Commits the batches of one caller, all in the same commit, and returns when they are durable or have failed.
  func submit(_ members: [CommitMember], _ commit: ([CommitMember]) throws(LedgerError) -> Void) {
    let (group, leads, mustWait) = join(members)
    if leads {
      if mustWait { group.turn.wait() }
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
        open.members += members
        open.eventCount += count
        return (open, false, false)
      }
      let group = CommitGroup(members, count)
      queue.waiting.append(group)
      defer { queue.isCommitting = true }
      return (group, true, queue.isCommitting)
    }
  }

  /// Commits the group at the head of the queue, then wakes its members and the next leader.
  private func lead(_ group: CommitGroup, _ commit: ([CommitMember]) throws(LedgerError) -> Void) {
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
    // The members first: most come again at once, and then the next group is larger.
    group.end.leave()
    let next = queue.withLock { queue in
      queue.isCommitting = !queue.waiting.isEmpty
      return queue.waiting.first
    }
    next?.turn.signal()
  }
}
