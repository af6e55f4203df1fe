/// What happens next: a binary heap of times and places, first in first out among equal times.
struct EventQueue: Sendable {
  /// A place that is due.
  struct Entry: Sendable, BitwiseCopyable {
    /// When, in microseconds since the epoch.
    var time: Int64
    /// The order of arrival and, in the low 28 bits, the place: one number to compare and to keep.
    var order: UInt64

    /// Which workload it is about.
    var slot: Int { Int(truncatingIfNeeded: order & 0xFFF_FFFF) }

    static func < (left: Entry, right: Entry) -> Bool {
      left.time != right.time ? left.time < right.time : left.order < right.order
    }
  }

  private var heap: [Entry] = []
  private var arrivals: UInt64 = 0

  /// How many wait.
  var count: Int { heap.count }
  /// When the first is due; never where nothing waits.
  var firstTime: Int64 { heap.isEmpty ? .max : heap[0].time }

  /// Adds a place that is due at a time.
  mutating func push(_ slot: Int, at time: Int64) {
    precondition(slot < 1 << 28 && arrivals < 1 << 36, "more than the queue can number")
    let entry = Entry(time: time, order: arrivals << 28 | UInt64(slot))
    arrivals += 1
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entry < heap[parent] else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = entry
  }

  /// Takes the first; nil where nothing waits.
  mutating func pop() -> Entry? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else { return last }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < last else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = last
    return first
  }
}
