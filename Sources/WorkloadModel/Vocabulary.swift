/// What a workload is for. The raw values are stored; they never change.
public enum WorkloadType: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case modelDownload = 1
  case inference
  case training
  case preTraining
  case fineTuning
  case evaluation
  case workspace

  /// The word on the page and in JSON.
  public var label: String {
    switch self {
    case .modelDownload: "Model Download"
    case .inference: "Inference"
    case .training: "Training"
    case .preTraining: "Pre-Training"
    case .fineTuning: "Fine-Tuning"
    case .evaluation: "Evaluation"
    case .workspace: "Workspace"
    }
  }
}

/// What a user sees of a workload's state. The raw values are stored; they never change.
public enum WorkloadStatus: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case added = 0
  case pending
  case running
  case complete
  case failed
  case deleteRequested
  case deleted
  case deleteFailed
  case terminated
  case unknown

  /// The word on the page and in JSON.
  public var label: String {
    switch self {
    case .added: "Added"
    case .pending: "Pending"
    case .running: "Running"
    case .complete: "Complete"
    case .failed: "Failed"
    case .deleteRequested: "Delete Requested"
    case .deleted: "Deleted"
    case .deleteFailed: "Delete Failed"
    case .terminated: "Terminated"
    case .unknown: "Unknown"
    }
  }
}

/// What happened. The raw values are stored in records; they never change.
public enum EventKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case created = 1
  case queued
  case started
  case completed
  case failed
  case terminated
  case contactLost
  case deleteRequested
  case deleted
  case deleteFailed
  case actionRefused = 16
  case projectCreated
  case memberAdded
  case memberRemoved
  case quotaSet

  /// The CloudEvents `type`.
  public var cloudEventType: String {
    switch self {
    case .created: "workload.created"
    case .queued: "workload.queued"
    case .started: "workload.started"
    case .completed: "workload.completed"
    case .failed: "workload.failed"
    case .terminated: "workload.terminated"
    case .contactLost: "workload.contactlost"
    case .deleteRequested: "workload.deleterequested"
    case .deleted: "workload.deleted"
    case .deleteFailed: "workload.deletefailed"
    case .actionRefused: "action.refused"
    case .projectCreated: "project.created"
    case .memberAdded: "project.memberadded"
    case .memberRemoved: "project.memberremoved"
    case .quotaSet: "quota.set"
    }
  }

  /// The event as people read it: `delete requested`.
  public var label: String {
    switch self {
    case .created: "created"
    case .queued: "queued"
    case .started: "started"
    case .completed: "completed"
    case .failed: "failed"
    case .terminated: "terminated"
    case .contactLost: "contact lost"
    case .deleteRequested: "delete requested"
    case .deleted: "deleted"
    case .deleteFailed: "delete failed"
    case .actionRefused: "action refused"
    case .projectCreated: "project created"
    case .memberAdded: "member added"
    case .memberRemoved: "member removed"
    case .quotaSet: "quota set"
    }
  }

  /// The verb of the command that asks for it: `start`, `delete`.
  public var command: String {
    switch self {
    case .created: "create"
    case .queued: "queue"
    case .started: "start"
    case .completed: "complete"
    case .failed: "fail"
    case .terminated: "terminate"
    case .contactLost: "lose"
    case .deleteRequested: "delete"
    case .deleted: "delete-result --deleted"
    case .deleteFailed: "delete-result --failed"
    case .actionRefused: "refuse"
    case .projectCreated: "project create"
    case .memberAdded: "project add-member"
    case .memberRemoved: "project remove-member"
    case .quotaSet: "quota set"
    }
  }

  /// Whether it happens to a workload (and not to a project, or to nobody because it was refused).
  public var isOfWorkload: Bool { rawValue <= EventKind.deleteFailed.rawValue }
}

// MARK: - Reading words

/// What input of a closed vocabulary became: case, spaces, hyphens and underscores do not matter.
private func folded(_ text: String) -> String {
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "_"): continue
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
    default: bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

extension WorkloadType {
  /// Reads a type as people write it; nil where there is none such. `Custom`, a later name, is read as
  /// Training (the reader adds the label `type=Custom`, see `isAlias(_:)`).
  public init?(input text: String) {
    let word = folded(text)
    if word == "custom" {
      self = .training
      return
    }
    guard let match = Self.allCases.first(where: { folded($0.label) == word }) else { return nil }
    self = match
  }

  /// The label value to keep when `text` is a later product's name for a type.
  public static func alias(_ text: String) -> String? { folded(text) == "custom" ? "Custom" : nil }
}

extension WorkloadStatus {
  /// Reads a status as people write it; nil where there is none such. `Deleting` is Delete Requested.
  public init?(input text: String) {
    let word = folded(text)
    if word == "deleting" {
      self = .deleteRequested
      return
    }
    guard let match = Self.allCases.first(where: { folded($0.label) == word }) else { return nil }
    self = match
  }
}

extension EventKind {
  /// Reads an event's name as people write it: `delete requested`, `workload.deleterequested`, `delete`.
  public init?(input text: String) {
    let word = folded(text)
    let match = Self.allCases.first {
      folded($0.cloudEventType) == word || folded($0.label) == word || folded($0.command) == word
    }
    guard let match else { return nil }
    self = match
  }

  /// Reads a CloudEvents `type` exactly.
  public init?(cloudEventType text: String) {
    guard let match = Self.allCases.first(where: { $0.cloudEventType == text }) else { return nil }
    self = match
  }
}
