internal import Glibc

/// The keys of a tree in the order in which a walk meets them: each of a leaf is greater than the one before, and one of
/// a branch parts what stands before it from what stands behind.
struct KeySequence {
  private var bytes: [UInt8] = []
  private(set) var number: UInt64 = 0
  private var state = State.beginning

  private enum State { case beginning, behindLeaf, behindBranch }

  /// Whether a key of a page may stand here; it is the one to follow then.
  mutating func follows(_ page: [UInt8], _ key: Range<Int>, isNumber: Bool, isLeaf: Bool) -> Bool {
    let order = isNumber ? compareNumber(page, key) : compareBytes(page, key)
    // The first key behind one of a branch may be the same.
    let mayBeEqual = isLeaf && state == .behindBranch
    guard state == .beginning || order < 0 || order == 0 && mayBeEqual else { return false }
    if isNumber {
      number = page.span.bytes.u64(at: key.lowerBound)
    } else {
      bytes.removeAll(keepingCapacity: true)
      bytes.append(contentsOf: page[key])
    }
    state = isLeaf ? .behindLeaf : .behindBranch
    return true
  }

  private func compareNumber(_ page: [UInt8], _ key: Range<Int>) -> Int {
    let next = page.span.bytes.u64(at: key.lowerBound)
    return number < next ? -1 : number == next ? 0 : 1
  }

  private func compareBytes(_ page: [UInt8], _ key: Range<Int>) -> Int {
    let order = page.withUnsafeBytes { page in
      bytes.withUnsafeBytes { bytes in
        page.baseAddress.map {
          memcmp(bytes.baseAddress ?? $0, $0 + key.lowerBound, min(bytes.count, key.count))
        } ?? 0
      }
    }
    return order != 0 ? Int(order) : bytes.count - key.count
  }
}
