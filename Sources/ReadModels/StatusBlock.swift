import LMDB
import WorkloadModel

/// A stretch of the changes of status in a chunk of 8,192 workloads, in the order of the log.
///
///     0      u8   1 where a snapshot follows, else 0: then all were Added before
///     1      the snapshot, 4 · 1,024 bytes: bit i of the status of the workload with the bit b is bit b of plane i
///     then   changes, each: varint, positions since the change before (the first: since the key's position);
///            u16, the workload's bit, and in the top three bits the status - 1, or 7 where a u8 with it follows
///
/// A block is closed before it would be longer than `byteLimit`, and the next one begins with the snapshot that it
/// ends with. So what a chunk's statuses were at any position is one snapshot and part of one block, and which
/// blocks there are does not depend on how often they were written.
enum StatusBlock {
  /// What fits in four pages of LMDB, the header of an overflow page taken off.
  static let byteLimit = 4 * 4096 - 16
  static let planeCount = 4
  static let snapshotByteCount = planeCount * BitmapChunk.denseByteCount

  /// Sets the first 128 words to the workloads that have one of the statuses (bit = raw value) once all changes up
  /// to a position have happened; false where the block can't be read.
  static func matches(
    _ block: RawSpan, from first: UInt64, through last: UInt64, _ statuses: UInt16, _ words: inout [UInt64]
  ) -> Bool {
    guard var at = snapshot(block, statuses, &words) else { return false }
    var position = first
    // A span, so that the array is asked once whether it is shared and not with every change.
    var bits = words.mutableSpan
    while let change = StatusChange(block, &at) {
      position &+= change.distance
      if position > last { return true }
      let (word, shift) = (change.bit >> 6, UInt64(change.bit & 63))
      bits[word] = bits[word] & ~(1 << shift) | UInt64(statuses &>> UInt16(change.status) & 1) << shift
    }
    return at == block.byteCount
  }

  /// What no block says: all workloads are Added.
  static func matchesNone(_ statuses: UInt16, _ words: inout [UInt64]) {
    let all: UInt64 = statuses & 1 == 0 ? 0 : .max
    for word in 0..<BitmapChunk.wordCount { words[word] = all }
  }

  /// The same for the snapshot alone; returns where the changes begin.
  private static func snapshot(
    _ block: RawSpan, _ statuses: UInt16, _ words: inout [UInt64]
  ) -> Int? {
    guard block.byteCount > 0 else { return nil }
    if block.u8(at: 0) == 0 {
      matchesNone(statuses, &words)
      return 1
    }
    guard block.u8(at: 0) == 1, block.byteCount > snapshotByteCount else { return nil }
    for word in 0..<BitmapChunk.wordCount { words[word] = 0 }
    for status in 0..<16 where statuses & 1 << UInt16(status) != 0 {
      // A plane is turned over where the status has no such bit, so that all four ones are a match.
      let flip: [4 of UInt64] = [
        status & 1 == 0 ? .max : 0, status & 2 == 0 ? .max : 0, status & 4 == 0 ? .max : 0,
        status & 8 == 0 ? .max : 0,
      ]
      for word in 0..<BitmapChunk.wordCount {
        let at = 1 + word * 8
        words[word] |=
          (block.u64(at: at) ^ flip[0]) & (block.u64(at: at + 1024) ^ flip[1])
          & (block.u64(at: at + 2048) ^ flip[2]) & (block.u64(at: at + 3072) ^ flip[3])
      }
    }
    return 1 + snapshotByteCount
  }
}

/// One change of a status, as a block holds it.
struct StatusChange {
  /// Positions since the change before it.
  var distance: UInt64
  /// The workload's bit in its chunk.
  var bit: Int
  /// The raw value of the new status.
  var status: UInt8

  init(distance: UInt64, bit: Int, status: UInt8) {
    self.distance = distance
    self.bit = bit
    self.status = status
  }

  /// Reads the change at an offset and moves the offset behind it; nil, and the offset stays, where there is none.
  @inline(__always)
  init?(_ block: RawSpan, _ offset: inout Int) {
    var at = offset
    if at + 8 <= block.byteCount {
      // Nearly all changes are within 16,384 positions of the one before and have a status below 8: for those
      // nothing depends on a guess of the processor.
      let bytes = block.u64(at: at)
      let isLong = bytes >> 7 & 1
      let pair = bytes >> (8 + 8 * isLong) & 0xFFFF
      if bytes & 0x8080 != 0x8080, pair < 7 << 13 {
        self.init(
          distance: bytes & 0x7F | (bytes >> 8 & 0x7F & (0 &- isLong)) << 7, bit: Int(pair & 8191),
          status: UInt8(truncatingIfNeeded: pair >> 13) + 1)
        offset = at + 3 + Int(isLong)
        return
      }
    }
    guard at + 3 <= block.byteCount else { return nil }
    var value = UInt64(block.u8(at: at))
    at += 1
    if value >= 0x80 {
      value &= 0x7F
      var shift: UInt64 = 7
      while true {
        guard at + 3 <= block.byteCount, shift < 49 else { return nil }
        let byte = block.u8(at: at)
        at += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { break }
        shift += 7
      }
    }
    let pair = block.u16(at: at)
    at += 2
    var status = UInt8(truncatingIfNeeded: pair >> 13) + 1
    if status == 8 {
      guard at < block.byteCount else { return nil }
      status = block.u8(at: at)
      guard status < 10 else { return nil }
      at += 1
    }
    self.init(distance: value, bit: Int(pair & 8191), status: status)
    offset = at
  }

  /// How many bytes it takes.
  var byteCount: Int {
    var count = status < 8 ? 3 : 4
    var rest = distance >> 7
    while rest > 0 {
      count += 1
      rest >>= 7
    }
    return count
  }

  func write(to bytes: inout [UInt8]) {
    var rest = distance
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
    let pair = UInt16(bit) | UInt16(status < 8 ? status - 1 : 7) << 13
    bytes.append(UInt8(truncatingIfNeeded: pair))
    bytes.append(UInt8(truncatingIfNeeded: pair >> 8))
    if status >= 8 { bytes.append(status) }
  }
}

/// The newest block of a chunk, while it grows.
struct OpenStatusBlock {
  /// The position of its first change; 0 while it has none.
  private(set) var first: UInt64 = 0
  private var last: UInt64 = 0
  private(set) var bytes: [UInt8] = [0]
  /// The statuses of the chunk's workloads after the last change: four planes of 128 words.
  private var planes = [UInt64](repeating: 0, count: StatusBlock.planeCount * BitmapChunk.wordCount)

  /// The block of a chunk that has none yet.
  init() {}

  /// Goes on with a stored block; nil where it can't be read.
  init?(_ block: RawSpan, from first: UInt64) {
    guard block.byteCount > 1, block.u8(at: 0) <= 1 else { return nil }
    self.first = first
    last = first
    bytes = block.withUnsafeBytes { Array($0) }
    var at = 1
    if block.u8(at: 0) == 1 {
      guard block.byteCount > StatusBlock.snapshotByteCount else { return nil }
      for word in planes.indices { planes[word] = block.u64(at: 1 + word * 8) }
      at += StatusBlock.snapshotByteCount
    }
    while let change = StatusChange(block, &at) {
      last &+= change.distance
      set(change.bit, change.status)
    }
    guard at == block.byteCount else { return nil }
  }

  /// The status of a workload after the last change; nil where the bits are none.
  func status(_ bit: Int) -> WorkloadStatus? {
    var value: UInt8 = 0
    for plane in 0..<StatusBlock.planeCount {
      value |= UInt8(planes[plane * BitmapChunk.wordCount + bit >> 6] >> UInt64(bit & 63) & 1) << UInt8(plane)
    }
    return WorkloadStatus(rawValue: value)
  }

  /// Notes a change. Where the block is full the next one begins, and the full one is given back with the position
  /// that it began at.
  mutating func append(
    _ status: WorkloadStatus, bit: Int, at position: UInt64
  ) -> (first: UInt64, bytes: [UInt8])? {
    var full: (first: UInt64, bytes: [UInt8])?
    if first == 0 {
      first = position
      last = position
    }
    var change = StatusChange(distance: position - last, bit: bit, status: status.rawValue)
    if bytes.count + change.byteCount > StatusBlock.byteLimit {
      full = (first, bytes)
      first = position
      change.distance = 0
      bytes = [1]
      for word in planes {
        for shift in stride(from: 0, to: 64, by: 8) {
          bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
      }
    }
    change.write(to: &bytes)
    last = position
    set(bit, status.rawValue)
    return full
  }

  private mutating func set(_ bit: Int, _ status: UInt8) {
    let shift = UInt64(bit & 63)
    for plane in 0..<StatusBlock.planeCount {
      let word = plane * BitmapChunk.wordCount + bit >> 6
      planes[word] = planes[word] & ~(1 << shift) | UInt64(status >> UInt8(plane) & 1) << shift
    }
  }
}
