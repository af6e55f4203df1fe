import EventStore
import LMDB
import ReadModels
import WorkloadModel

extension Ledger {
  /// Calls `body` for each workload that something happened to between two positions, in the order in which that
  /// began, until it returns false; returns both positions.
  ///
  /// Reads the records between the positions and the timelines that they belong to, and nothing else. A workload is
  /// told of at the first of its records behind `from`, which its link shows to be the first, so nothing is kept in
  /// memory. Long scans renew their snapshot.
  @discardableResult
  public func diff(
    _ query: DiffQuery, _ body: (WorkloadDiff) throws(LedgerError) -> Bool
  ) throws(LedgerError) -> (from: UInt64, to: UInt64) {
    let (from, to) = (try position(of: query.from), try position(of: query.to))
    guard from <= to else {
      throw .usage("a diff goes forward: position \(from) to \(to) goes back")
    }
    var next = from + 1
    while next <= to {
      var found: [WorkloadDiff] = []
      try reading(Moment(asOf: .position(to)), scans: false) {
        (views, transaction, records, _) throws(LedgerError) in
        let project = try query.project.map { (name) throws(LedgerError) in
          try self.project(name, views, transaction, records)
        }
        try ledgerCall { () throws(StoreError) in
          next = try self.collect(from, next, to, project, views, transaction, records, &found)
        }
      }
      for diff in found where try !body(diff) { return (from, to) }
    }
    return (from, to)
  }

  /// Reads on until there is enough for one snapshot; returns where to go on.
  private func collect(
    _ from: UInt64, _ next: UInt64, _ to: UInt64, _ project: NameNumber?, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction,
    _ found: inout [WorkloadDiff]
  ) throws(StoreError) -> UInt64 {
    try records.withCursor(log.events) { (cursor) throws(StoreError) in
      var position = next
      var isThere = try cursor.find(next)
      while isThere, position <= to {
        guard let header = RecordHeader(cursor.value), cursor.integerKey == position else {
          throw .damaged(position: position, why: "it is missing, or its header can't be read")
        }
        if header.stream != 0, header.previousInStream <= from, let kind = header.kind.event,
          kind.isOfWorkload || kind == .actionRefused, project == nil || header.project == project
        {
          guard let row = try views.row(header.stream, transaction) else {
            throw .damaged(position: position, why: "the row of its stream is missing in the views")
          }
          found.append(try self.diff(row, from, to, records))
        }
        position += 1
        if found.count >= 512 || position - next >= 1 << 20 { break }
        isThere = try cursor.next()
      }
      if !isThere, position <= to { throw .damaged(position: position, why: "it is missing in the log") }
      return position
    }
  }

  /// What became of a workload between two positions, folded from its timeline.
  private func diff(
    _ present: Row, _ from: UInt64, _ to: UInt64, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> WorkloadDiff {
    let steps = try steps(of: present, at: PastMoment(position: to), records)
    guard let created = steps.last?.fact, let creation = created.creation else {
      throw .damaged(position: present.state.stream, why: "its stream begins without a creation")
    }
    var row = Row(state: WorkloadState(created: created, creation), ordinal: present.ordinal)
    var before: Row? = created.position <= from ? row : nil
    var changes: [WorkloadField: (position: UInt64, actor: NameNumber)] = [:]
    for step in steps.reversed().dropFirst() {
      let last = row.state
      step.fold(into: &row.state)
      if step.position <= from {
        before = row
      } else if before != nil {
        for field in WorkloadDiff.changingFields where row.state.number(of: field) != last.number(of: field) {
          changes[field] = (step.position, step.actor)
        }
      }
    }
    var diff = WorkloadDiff(
      before: try before.map { (row) throws(StoreError) in try self.workload(row, records) },
      after: try workload(row, records), stream: present.state.stream, fields: [])
    for field in WorkloadDiff.changingFields {
      guard let before = diff.before, let change = changes[field] else { continue }
      let (old, new) = (before.value(of: field), diff.after.value(of: field))
      // What was changed back is as it was.
      if old == new { continue }
      diff.fields.append(
        WorkloadDiff.FieldChange(
          field: field, from: old, to: new, by: try names.text(change.actor, in: log, records),
          position: change.position))
    }
    return diff
  }
}

extension WorkloadState {
  /// A number that changes with a field; the same for all states of a workload where the field never does.
  fileprivate func number(of field: WorkloadField) -> Int64 {
    switch field {
    case .status: Int64(status.rawValue)
    case .statusReason: Int64(reasonPosition)
    case .statusSince: statusSince.microseconds
    case .attempt: Int64(attempt)
    case .version: Int64(version)
    case .queuedAt: queuedAt.microseconds
    case .startedAt: startedAt.microseconds
    case .finishedAt: finishedAt.microseconds
    case .deleteRequestedAt: deleteRequestedAt.microseconds
    case .deleteRequestedBy: Int64(deleteRequestedBy.rawValue)
    case .deletedAt: deletedAt.microseconds
    case .deletedBy: Int64(deletedBy.rawValue)
    case .lastPosition: Int64(lastPosition)
    case .id, .name, .type, .project, .cluster, .owner, .resources, .url, .labels, .sourceID, .createdAt,
      .createdBy:
      0
    }
  }
}
