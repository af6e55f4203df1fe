import WorkloadModel

/// What a workload does next.
enum Step: UInt8, Sendable, BitwiseCopyable {
  // Before it exists.
  case foundProject, join, setQuota, create
  // The run.
  case queue, start, end, lose, find
  // The deletion.
  case requestDeletion, failDeletion, delete
  // Beside it.
  case raiseQuota, leave
  /// Nothing; its place is given to another.
  case done
}

/// What happens in between, without changing what comes next.
enum Detour: UInt8, Sendable, BitwiseCopyable {
  case none
  /// An action that the status does not allow is refused.
  case refuseAction
  /// An action of somebody from outside the project is refused.
  case refuseOutsider
  /// A report comes twice or out of order.
  case contradict
}

/// Which way a workload goes; all but one stop for good somewhere on it, so that at any end of the history
/// all statuses are there.
enum Fate: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case ordinary
  case staysAdded, staysPending, staysRunning, staysUnknown
  case deletionNeverAnswered, deletionFailsForGood

  /// How many of 1,000 workloads; openb has 110 of 1,000 that never start, most of them deleted in the end.
  var perMille: Double {
    switch self {
    case .ordinary: 920
    case .staysAdded: 8
    case .staysPending: 25
    case .staysRunning: 20
    case .staysUnknown: 6
    case .deletionNeverAnswered: 12
    case .deletionFailsForGood: 9
    }
  }
}

/// How a run goes on from Running.
enum Course: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case completes, fails
  case stoppedByUser, hitsTimeLimit, isPreempted, losesItsNode, endsUnexplained
  case isRequeued, losesContact, isDeletedMeanwhile

  /// The cause of the termination; nil where the course is another.
  var cause: String? {
    switch self {
    case .stoppedByUser: "user"
    case .hitsTimeLimit: "time_limit"
    case .isPreempted: "preemption"
    case .losesItsNode: "node_maintenance"
    case .endsUnexplained: "unknown"
    case .completes, .fails, .isRequeued, .losesContact, .isDeletedMeanwhile: nil
    }
  }

  /// How many of 1,000 runs of batch jobs. Of all runs that end, 57 % complete and 38 % are killed, as in
  /// the Borg trace; failures lie between its 1.3 % and the 23 % of openb.
  var perMilleOfJobs: Double {
    switch self {
    case .completes: 690
    case .fails: 55
    case .stoppedByUser: 110
    case .hitsTimeLimit: 45
    case .isPreempted: 35
    case .losesItsNode: 5
    case .endsUnexplained: 15
    case .isRequeued: 12
    case .losesContact: 10
    case .isDeletedMeanwhile: 23
    }
  }

  /// The same for Inference and Workspaces, which run until somebody or something ends them.
  var perMilleOfServices: Double {
    switch self {
    case .completes: 60
    case .fails: 35
    case .stoppedByUser: 400
    case .hitsTimeLimit: 200
    case .isPreempted: 40
    case .losesItsNode: 25
    case .endsUnexplained: 25
    case .isRequeued: 15
    case .losesContact: 15
    case .isDeletedMeanwhile: 185
    }
  }
}

/// A workload that something will still happen to: all that the model remembers of it.
struct LiveWorkload: Sendable, BitwiseCopyable {
  var id = WorkloadID.none
  /// Its number among all that were created, from 1; 0 before.
  var serial: UInt64 = 0
  /// When the next step is due, in microseconds since the epoch.
  var due: Int64 = 0
  /// How long before its report the next step occurs.
  var lag: Int64 = 0
  var createdAt: Int64 = 0
  var lastOccurred: Int64 = 0
  var resources = Resources()
  var seat: UInt32
  /// Who asked for the deletion, as a number of the cast; -1 while nobody has.
  var deleter: Int32 = -1
  /// The number of its newest event in its stream.
  var version: UInt32 = 0
  var cluster: UInt8
  var type: WorkloadType
  var run = Run.added
  var deletion = Deletion.none
  var contactIsLost = false
  var attempt: UInt8 = 1
  var refusals: UInt8 = 0
  var fate = Fate.ordinary
  var course = Course.completes
  var step: Step
  /// What comes after the quota was raised.
  var stepAfterQuota = Step.create
  var detour = Detour.none
  /// When the detour is due; before `due`.
  var detourDue: Int64 = 0

  var user: Int { Int(seat / 2) }

  /// As the design's table orders the three axes.
  var status: WorkloadStatus {
    switch deletion {
    case .deleted: .deleted
    case .failed: .deleteFailed
    case .requested: .deleteRequested
    case .none:
      if contactIsLost {
        .unknown
      } else {
        switch run {
        case .added: .added
        case .pending: .pending
        case .running: .running
        case .complete: .complete
        case .failed: .failed
        case .terminated: .terminated
        }
      }
    }
  }
}
