import Dispatch
import Synchronization
import WorkloadModel

/// The batches that share one commit.
final class CommitGroup {
  /// One caller's batch while it waits for its commit. Owned by one thread at a time: the caller's until it is
  /// queued and after it is woken, the leader's in between.
  final class Member: @unchecked Sendable {
    var batch: EventBatch
    let now: Timestamp
    var outcomes: [EventOutcome] = []
    var numbers: [NameNumber] = []
    /// The newest redaction when the numbers were found.
    var redaction: UInt64 = 0
    var error: LedgerError?
    var isDone = false
    let wake = DispatchSemaphore(value: 0)

    init(batch: EventBatch, now: Timestamp) {
      self.batch = batch
      self.now = now
    }
  }

  let members: [Member]
  init(_ members: [Member]) { self.members = members }
  /// The latest clock of the callers.
  var now: Timestamp { members.reduce(.earliest) { max($0, $1.now) } }
}

/// Lets concurrent callers share commits: the first becomes the leader and commits for all who queued while
/// the commit before was under way, then hands the lead to one who still waits.
final class CommitGroups: Sendable {
  private struct Queue {
    var waiting: [CommitGroup.Member] = []
    var hasLeader = false
  }
  private let queue = Mutex(Queue())
  /// So many events share a commit at most: more would only make everybody wait.
  private static let eventLimit = 65_536

  func submit(
    _ batch: inout EventBatch, now: Timestamp, outcomes: inout [EventOutcome],
    commit: (CommitGroup) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    let me = CommitGroup.Member(batch: EventBatch(), now: now)
    swap(&me.batch, &batch)
    swap(&me.outcomes, &outcomes)
    let leads = queue.withLock { queue in
      queue.waiting.append(me)
      defer { queue.hasLeader = true }
      return !queue.hasLeader
    }
    if !leads { me.wake.wait() }
    if !me.isDone { lead(commit) }
    swap(&me.batch, &batch)
    swap(&me.outcomes, &outcomes)
    if let error = me.error { throw error }
  }

  /// Commits one group, wakes its members, and wakes the next leader.
  private func lead(_ commit: (CommitGroup) throws(LedgerError) -> Void) {
    let members = queue.withLock { queue in
      var count = 0
      var events = 0
      for member in queue.waiting {
        events += member.batch.events.count
        if count > 0, events > Self.eventLimit { break }
        count += 1
      }
      defer { queue.waiting.removeFirst(count) }
      return Array(queue.waiting[..<count])
    }
    do throws(LedgerError) { try commit(CommitGroup(members)) } catch {
      if members.count == 1 {
        members[0].error = error
      } else {
        // One bad batch must not take the others with it.
        for member in members {
          do throws(LedgerError) { try commit(CommitGroup([member])) } catch { member.error = error }
        }
      }
    }
    let next = queue.withLock { queue in
      queue.hasLeader = !queue.waiting.isEmpty
      return queue.waiting.first
    }
    for member in members {
      member.isDone = true
      member.wake.signal()
    }
    next?.wake.signal()
  }
}
