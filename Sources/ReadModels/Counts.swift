import EventStore
package import LMDB
package import WorkloadModel

/// How many workloads there are of each type and status: of a project, and of each owner, each cluster and
/// each pair of them in it. So the total of any combination of filters is one small row, however many match.
package struct CountMatrix: Sendable {
  /// Types 0 (unknown) to 7, each with statuses 0 to 9.
  package static let cellCount = 80
  package private(set) var cells = [Int64](repeating: 0, count: cellCount)

  package init() {}

  @inline(__always)
  package static func cell(_ type: WorkloadType?, _ status: WorkloadStatus) -> Int {
    Int(type?.rawValue ?? 0) * 10 + Int(status.rawValue)
  }

  package mutating func add(_ amount: Int64, to cell: Int) { cells[cell] += amount }

  /// Reads a stored matrix: pairs of cell (u8) and count (LEB128), ascending; nil where it is not one.
  package init?(_ bytes: RawSpan) {
    var reader = RecordReader(at: 0)
    while reader.offset < bytes.byteCount {
      guard let cell = reader.u8(bytes), Int(cell) < Self.cellCount, let count = reader.varint(bytes) else {
        return nil
      }
      cells[Int(cell)] = Int64(clamping: count)
    }
  }

  /// Writes the cells that are not zero.
  package func write(to writer: inout ByteWriter) {
    writer.reset()
    for cell in 0..<Self.cellCount where cells[cell] > 0 {
      writer.u8(UInt8(cell))
      writer.varint(UInt64(cells[cell]))
    }
  }

  /// The total of the types and statuses of two masks (bit = raw value).
  package func total(types: UInt16, statuses: UInt16) -> Int {
    var total: Int64 = 0
    for type in 0..<8 where types & (1 << UInt16(type)) != 0 {
      for status in 0..<10 where statuses & (1 << UInt16(status)) != 0 { total += cells[type * 10 + status] }
    }
    return Int(total)
  }
}

/// The key of a matrix; nil means all of them.
package func countKey(project: NameNumber, owner: NameNumber?, cluster: NameNumber?) -> Key128 {
  Key128(
    high: UInt64(project.rawValue) << 32 | UInt64(owner?.rawValue ?? .max),
    low: UInt64(cluster?.rawValue ?? .max))
}

/// The differences that a batch makes to the matrices.
struct CountChanges {
  private var places = PlaceTable<Key128>()
  private var deltas: [Int32] = []

  /// Counts a workload in its four matrices.
  mutating func add(_ amount: Int32, _ state: WorkloadState, _ status: WorkloadStatus) {
    let cell = CountMatrix.cell(state.type, status)
    let (project, owner, cluster) = (state.project, state.owner, state.cluster)
    deltas[place(countKey(project: project, owner: nil, cluster: nil)) + cell] += amount
    deltas[place(countKey(project: project, owner: owner, cluster: nil)) + cell] += amount
    deltas[place(countKey(project: project, owner: nil, cluster: cluster)) + cell] += amount
    deltas[place(countKey(project: project, owner: owner, cluster: cluster)) + cell] += amount
  }

  private mutating func place(_ key: Key128) -> Int {
    if let place = places[key] { return place }
    let place = deltas.count
    places.insert(key, place)
    deltas.append(contentsOf: repeatElement(0, count: CountMatrix.cellCount))
    return place
  }

  /// Adds the differences to what is stored, in key order, and forgets them.
  mutating func flush(
    to table: Table, _ transaction: inout WriteTransaction, _ writer: inout ByteWriter
  ) throws(StoreError) {
    try transaction.withWriter(table) { (matrices) throws(StoreError) in
      for (key, place) in places.sorted(by: <) {
        var matrix = CountMatrix()
        if let stored = try matrices.get(key) {
          guard let read = CountMatrix(stored) else {
            throw .damaged(position: 0, why: "a row of counts can't be read")
          }
          matrix = read
        }
        for cell in 0..<CountMatrix.cellCount where deltas[place + cell] != 0 {
          matrix.add(Int64(deltas[place + cell]), to: cell)
        }
        matrix.write(to: &writer)
        if writer.count == 0 { try matrices.delete(key) } else { try matrices.put(key, writer.bytes) }
      }
    }
    places.removeAll()
    deltas.removeAll(keepingCapacity: true)
  }
}
