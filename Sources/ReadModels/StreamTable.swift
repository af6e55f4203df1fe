/// Stream → slot, by open addressing: what the fold asks for once per event.
struct StreamTable {
  private var keys: [UInt64]
  private var values: [Int32]
  private var count = 0
  private var mask: Int

  init() {
    keys = [UInt64](repeating: 0, count: 1024)
    values = [Int32](repeating: 0, count: 1024)
    mask = 1023
  }

  subscript(stream: UInt64) -> Int? {
    var slot = Self.hash(stream) & mask
    while keys[slot] != 0 {
      if keys[slot] == stream { return Int(values[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// `stream` must not be in the table, and not be 0.
  mutating func insert(_ stream: UInt64, _ value: Int) {
    if count * 2 >= keys.count { grow() }
    place(stream, Int32(value))
    count += 1
  }

  mutating func removeAll() {
    guard count > 0 else { return }
    for index in keys.indices { keys[index] = 0 }
    count = 0
  }

  private mutating func place(_ stream: UInt64, _ value: Int32) {
    var slot = Self.hash(stream) & mask
    while keys[slot] != 0 { slot = (slot + 1) & mask }
    keys[slot] = stream
    values[slot] = value
  }

  private mutating func grow() {
    let (oldKeys, oldValues) = (keys, values)
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    values = [Int32](repeating: 0, count: oldKeys.count * 2)
    mask = keys.count - 1
    for index in oldKeys.indices where oldKeys[index] != 0 { place(oldKeys[index], oldValues[index]) }
  }

  @inline(__always)
  private static func hash(_ stream: UInt64) -> Int {
    Int(truncatingIfNeeded: (stream &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}
