import WorkloadModel

/// Gives the events of another producer in the order of their time; what does not fit in memory is spilled
/// to a temporary file in sorted runs, which are merged (an external merge sort).
///
/// Each run is a stretch of the input, so that the earlier run goes first where times are the same: the sort
/// is stable. Memory holds one run, and then one buffer a run.
struct SortingProducer<Base: EventProducer & ~Copyable>: EventProducer, ~Copyable {
  private enum Phase { case reading, merging }

  private var base: Base
  private let memory: Int
  private let directory: String
  private var phase = Phase.reading
  private var inner: ImportSlot
  private var run = EventRun()
  /// The next event of the run where it was not spilled.
  private var next = 0
  private var file: SpillFile?
  private var extents: [Range<UInt64>] = []
  private var readers: [RunReader] = []
  /// The runs that have events left, as a heap with the earliest event on top.
  private var heap: [Int] = []

  init(_ base: consuming Base, _ options: ImportOptions) {
    self.base = base
    memory = options.sortMemory
    directory = options.sortDirectory
    inner = ImportSlot(importer: options.importer)
  }

  mutating func fill(_ slot: inout ImportSlot) -> FillResult {
    do throws(ImportError) {
      switch phase {
      case .reading: return try read(into: &slot)
      case .merging: return file == nil ? emitRun(into: &slot) : try merge(into: &slot)
      }
    } catch { return .failed(error) }
  }

  // MARK: Reading

  /// Takes the next events in, and passes on what was noticed on the way.
  private mutating func read(into slot: inout ImportSlot) throws(ImportError) -> FillResult {
    inner.clear()
    let result = base.fill(&inner)
    slot.lines = inner.lines
    slot.eventlessRows = inner.eventlessRows
    slot.rejections = inner.rejections
    slot.warnings = inner.warnings
    slot.source = inner.source
    slot.bytesRead = inner.bytesRead
    run.append(inner)
    switch result {
    case .filled: if run.size >= memory { try spill() }
    case .ended: try beginMerge()
    case .failed: return result
    }
    return .filled
  }

  private mutating func spill() throws(ImportError) {
    run.sort()
    let file: SpillFile
    if let open = self.file { file = open } else { file = try SpillFile(in: directory) }
    self.file = file
    let start = file.count
    try run.write(to: file)
    try file.flush()
    extents.append(start..<file.count)
    run.removeAll()
  }

  private mutating func beginMerge() throws(ImportError) {
    phase = .merging
    if file == nil {
      run.sort()
      return
    }
    if !run.isEmpty { try spill() }
    run = EventRun()
    guard let file else { return }
    for extent in extents {
      readers.append(try RunReader(file, extent, bufferSize: min(1 << 20, memory / extents.count)))
    }
    heap = Array(readers.indices)
    for index in heap.indices.reversed() { siftDown(from: index) }
  }

  // MARK: Giving

  private mutating func emitRun(into slot: inout ImportSlot) -> FillResult {
    while next < run.order.count {
      if slot.isFull(roomFor: 1) { return .filled }
      let index = Int(run.order[next])
      slot.add(
        run.events[index], source: run.sources[index], texts: run.bytes, from: 0, names: inner.batch)
      slot.source = run.sources[index]
      next += 1
    }
    return .ended
  }

  private mutating func merge(into slot: inout ImportSlot) throws(ImportError) -> FillResult {
    while let first = heap.first {
      if slot.isFull(roomFor: 1) { return .filled }
      readers[first].copy(to: &slot, names: inner.batch)
      slot.source = readers[first].source
      try readers[first].advance()
      if readers[first].isAtEnd {
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
      }
      siftDown(from: 0)
    }
    return .ended
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (leftTime, rightTime) = (readers[left].event.occurredAt, readers[right].event.occurredAt)
    return leftTime == rightTime ? left < right : leftTime < rightTime
  }

  private mutating func siftDown(from start: Int) {
    var parent = start
    while true {
      var first = parent
      for child in 2 * parent + 1...2 * parent + 2 where child < heap.count {
        if isBefore(heap[child], heap[first]) { first = child }
      }
      if first == parent { return }
      heap.swapAt(parent, first)
      parent = first
    }
  }
}
