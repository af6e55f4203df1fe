package import LMDB
package import WorkloadModel

/// A key that finds its place by mixing its bits: most keys here come from the ledger itself, so nobody can choose
/// them to collide, and a keyed hash would cost more than all the rest of a look-up.
package protocol PlaceKey: Equatable, BitwiseCopyable, Sendable {
  /// The key that marks a free slot; it is never looked up.
  static var free: Self { get }
  /// Its bits mixed, the lower ones best.
  var mixed: UInt64 { get }
}

extension UInt64: PlaceKey {
  package static var free: UInt64 { 0 }
  @inline(__always) package var mixed: UInt64 { (self &* 0x9E37_79B9_7F4A_7C15) >> 32 }
}

extension Key128: PlaceKey {
  /// No table has it: there is no project with the largest number.
  package static var free: Key128 { Key128(high: .max, low: .max) }
  @inline(__always) package var mixed: UInt64 {
    let mixed = (high ^ low &* 0xFF51_AFD7_ED55_8CCD) &* 0x9E37_79B9_7F4A_7C15
    return mixed >> 32 ^ mixed >> 17
  }
}

extension WorkloadID: PlaceKey {
  package static var free: WorkloadID { .none }
  /// Ids do come from outside, so they are mixed with a secret: nobody can make up ids that collide.
  @inline(__always) package var mixed: UInt64 {
    let mixed = ((high &+ secrets.first) &* 0x9E37_79B9_7F4A_7C15) ^ (low &* secrets.second)
    return mixed >> 32 ^ mixed >> 15
  }
}

/// Of this process; places never leave it.
private let secrets = (first: UInt64.random(in: .min ... .max), second: UInt64.random(in: .min ... .max) | 1)

/// Key → place in an array, by open addressing with linear probing: what the fold asks for with each event.
package struct PlaceTable<Key: PlaceKey>: Sendable {
  private var keys: [Key]
  private var places: [Int32]
  package private(set) var count = 0

  /// Room for so many keys, so that a bulk load need not grow it; it grows by itself where there are more.
  package init(expecting expected: Int = 0) {
    var size = 1024
    while size <= expected * 2 { size *= 2 }
    keys = [Key](repeating: .free, count: size)
    places = [Int32](repeating: 0, count: size)
  }

  /// The place of a key; nil where it has none.
  package subscript(key: Key) -> Int? {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key.mixed) & mask
    while keys[slot] != .free {
      if keys[slot] == key { return Int(places[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Gives a key a place. It must have none, and not be the free key.
  package mutating func insert(_ key: Key, _ place: Int) {
    if count * 2 >= keys.count { grow() }
    put(key, Int32(place))
    count += 1
  }

  /// Forgets all keys; keeps the memory unless a bulk load made it large.
  package mutating func removeAll() {
    if keys.count > 1 << 20 {
      self = PlaceTable()
    } else if count > 0 {
      for slot in keys.indices { keys[slot] = .free }
      count = 0
    }
  }

  /// All keys with their places, in key order of the caller's choice.
  func sorted(by areInOrder: (Key, Key) -> Bool) -> [(key: Key, place: Int)] {
    var all: [(key: Key, place: Int)] = []
    all.reserveCapacity(count)
    for slot in keys.indices where keys[slot] != .free { all.append((keys[slot], Int(places[slot]))) }
    all.sort { areInOrder($0.key, $1.key) }
    return all
  }

  private mutating func put(_ key: Key, _ place: Int32) {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key.mixed) & mask
    while keys[slot] != .free { slot = (slot + 1) & mask }
    keys[slot] = key
    places[slot] = place
  }

  private mutating func grow() {
    let (oldKeys, oldPlaces) = (keys, places)
    keys = [Key](repeating: .free, count: oldKeys.count * 2)
    places = [Int32](repeating: 0, count: oldKeys.count * 2)
    for slot in oldKeys.indices where oldKeys[slot] != .free { put(oldKeys[slot], oldPlaces[slot]) }
  }
}
