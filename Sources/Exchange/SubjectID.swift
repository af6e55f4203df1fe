import Crypto
public import WorkloadModel

extension WorkloadID {
  /// The id of a workload that its source calls by an id of its own: a UUID of version 8 (RFC 9562 section
  /// 5.8) from the first 16 bytes of SHA-256(source ‖ 0 ‖ source id), so that a repeat gives the same.
  public init(source: [UInt8], sourceID: [UInt8]) {
    self.init(hashing: source + [0] + sourceID)
  }

  /// The same from the bytes put together.
  init(hashing preimage: [UInt8]) {
    let (high, low) = SHA256.hash(data: preimage).withUnsafeBytes { digest in
      (
        UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    self.init(
      high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000,
      low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }
}

/// The workloads that were seen, sixteen bytes each in an open table that is at most two thirds full.
///
/// It is the one thing of an import that grows with the file, and only where a mapping asks for the first
/// event of a workload: nothing less than its id tells a workload that was seen from one that was not.
struct SubjectSet {
  private var slots = [WorkloadID](repeating: .none, count: 1024)
  private var count = 0

  func contains(_ id: WorkloadID) -> Bool { slots[place(of: id)] == id }

  mutating func insert(_ id: WorkloadID) {
    let free = place(of: id)
    if slots[free] == id { return }
    slots[free] = id
    count += 1
    if count * 3 > slots.count * 2 { grow() }
  }

  private func place(of id: WorkloadID) -> Int {
    // The ids are hashes already, except for the bits that say so.
    var slot = Int(truncatingIfNeeded: id.high >> 16) & (slots.count - 1)
    while slots[slot] != id, slots[slot] != .none { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = [WorkloadID](repeating: .none, count: old.count * 2)
    for id in old where id != .none { slots[place(of: id)] = id }
  }
}
