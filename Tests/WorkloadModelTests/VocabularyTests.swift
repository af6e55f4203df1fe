import Testing
import WorkloadModel

struct `The words` {
  @Test func `of the types, statuses and events are those of the page, with their stored numbers`() {
    #expect(
      WorkloadType.allCases.map { "\($0.rawValue) \($0.label)" } == [
        "1 Model Download", "2 Inference", "3 Training", "4 Pre-Training", "5 Fine-Tuning", "6 Evaluation",
        "7 Workspace",
      ])
    #expect(
      WorkloadStatus.allCases.map { "\($0.rawValue) \($0.label)" } == [
        "0 Added", "1 Pending", "2 Running", "3 Complete", "4 Failed", "5 Delete Requested", "6 Deleted",
        "7 Delete Failed", "8 Terminated", "9 Unknown",
      ])
    #expect(
      EventKind.allCases.map { "\($0.rawValue) \($0.cloudEventType) \($0.label)" } == [
        "1 workload.created created", "2 workload.queued queued", "3 workload.started started",
        "4 workload.completed completed", "5 workload.failed failed", "6 workload.terminated terminated",
        "7 workload.contactlost contact lost", "8 workload.deleterequested delete requested",
        "9 workload.deleted deleted", "10 workload.deletefailed delete failed",
        "16 action.refused action refused", "17 project.created project created",
        "18 project.memberadded member added", "19 project.memberremoved member removed",
        "20 quota.set quota set",
      ])
    #expect(Anomaly.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
    #expect(Set(Anomaly.allCases.map(\.label)).count == 5)
  }

  @Test(arguments: [
    ("training", WorkloadType.training), ("Pre-Training", .preTraining), ("pre training", .preTraining),
    ("FINE_TUNING", .fineTuning), ("modeldownload", .modelDownload), ("Custom", .training),
    ("workspace", .workspace), (" Evaluation ", .evaluation), ("inference", .inference),
  ])
  func `are read without regard to case and separators`(_ text: String, _ type: WorkloadType) {
    #expect(WorkloadType(input: text) == type)
  }

  @Test func `that are none are refused`() {
    for text in ["", "train", "trainings", "Dëleted", "tráining", "run\u{0}ning", "unknown type"] {
      #expect(WorkloadType(input: text) == nil, "\(text)")
      #expect(WorkloadStatus(input: text) == nil, "\(text)")
      #expect(EventKind(input: text) == nil, "\(text)")
    }
    #expect(EventKind(cloudEventType: "Workload.Created") == nil)
  }

  @Test func `come back from what they are written as`() {
    for type in WorkloadType.allCases { #expect(WorkloadType(input: type.label.uppercased()) == type) }
    for status in WorkloadStatus.allCases { #expect(WorkloadStatus(input: status.label) == status) }
    for kind in EventKind.allCases {
      #expect(EventKind(input: kind.label) == kind)
      #expect(EventKind(input: kind.command) == kind)
      #expect(EventKind(cloudEventType: kind.cloudEventType) == kind)
    }
  }

  @Test func `of later products are aliases`() {
    #expect(WorkloadType.alias("CUSTOM") == "Custom")
    #expect(WorkloadType.alias("Training") == nil)
    #expect(WorkloadStatus(input: "Deleting") == .deleteRequested)
  }
}

struct `A workload id` {
  @Test func `is read with and without hyphens, in either case, and written in lower case`() {
    let text = "0190a6f2-7d3b-7cc1-9e58-00a1b2c3d4e5"
    let id = WorkloadID(text)
    #expect(id?.description == text)
    #expect(WorkloadID(text.uppercased()) == id)
    #expect(WorkloadID(text.filter { $0 != "-" }) == id)
  }

  @Test(arguments: [
    "", "0190a6f2", "0190a6f2-7d3b-7cc1-9e58-00a1b2c3d4e", "0190a6f2-7d3b-7cc1-9e58-00a1b2c3d4e55",
    "0190a6f27d3b-7cc1-9e58-00a1b2c3d4e5-", "g190a6f2-7d3b-7cc1-9e58-00a1b2c3d4e5",
    "0190a6f2+7d3b-7cc1-9e58-00a1b2c3d4e5", "0190a6f2-7d3b-7cc1-9e58-00a1b2c3d4é",
  ])
  func `that is none is refused`(_ text: String) { #expect(WorkloadID(text) == nil) }

  @Test func `of a time sorts by time and is of version 7`() {
    let early = WorkloadID(at: Timestamp(microseconds: 1_000_000), random: .max, .max)
    let late = WorkloadID(at: Timestamp(microseconds: 1_001_000), random: 0, 0)
    #expect(early < late && early.description < late.description)
    #expect(early.description.dropFirst(14).first == "7")
    #expect("89ab".contains(early.description.dropFirst(19).prefix(1)))
    #expect(WorkloadID(at: Timestamp(microseconds: -5), random: 0, 0).high == 0x7000)
  }

  @Test func `has prefixes from four digits on, and they hold exactly the ids that begin so`() {
    #expect(WorkloadIDPrefix("123") == nil && WorkloadIDPrefix("12-3") == nil)
    #expect(WorkloadIDPrefix("12345g") == nil && WorkloadIDPrefix("") == nil)
    #expect(WorkloadIDPrefix(String(repeating: "a", count: 33)) == nil)
    let id = WorkloadID(high: 0x1234_5678_9ABC_DEF0, low: 0x1122_3344_5566_7788)
    for count in 4...36 where count != 9 && count != 14 && count != 19 && count != 24 {
      guard let prefix = WorkloadIDPrefix(String(id.description.prefix(count))) else {
        Issue.record("\(count) characters are no prefix")
        continue
      }
      #expect(prefix.lowest <= id && id <= prefix.highest)
      let digits = id.description.prefix(count).filter { $0 != "-" }
      let low = digits + String(repeating: "0", count: 32 - digits.count)
      let high = digits + String(repeating: "f", count: 32 - digits.count)
      #expect(WorkloadID(low) == prefix.lowest && WorkloadID(high) == prefix.highest)
    }
  }
}
