/// A file of a log that is served as tiles (C2SP tlog-tiles): up to 256 hashes of one level, or up to 256 entries.
///
/// Hash i of tile n at level l is the root of the 256^l leaves from leaf (n · 256 + i) · 256^l on.
package struct Tile: Hashable, Sendable {
  /// What a tile holds.
  package enum Content: Hashable, Sendable {
    /// Hashes of a level, 0 to 63; level 0 has the hashes of the leaves.
    case hashes(level: Int)
    /// The entries themselves.
    case entries
  }

  package let content: Content
  /// Its number at its level.
  package let index: UInt64
  /// How many hashes or entries it has, 1 to 256; fewer than 256 make it partial.
  package let width: Int

  package static let maxWidth = 256
  package static let maxLevel = 63

  /// Nil where the level or the width is out of its range.
  package init?(_ content: Content, index: UInt64, width: Int = maxWidth) {
    if case .hashes(let level) = content, !(0...Self.maxLevel).contains(level) { return nil }
    guard (1...Self.maxWidth).contains(width) else { return nil }
    self.content = content
    self.index = index
    self.width = width
  }

  /// All tiles of a kind that a tree of `size` leaves has: the full ones are 0 ..< `full`, and behind them there is
  /// one of `partial` hashes or entries unless that is 0.
  package static func count(_ content: Content, in size: UInt64) -> (full: UInt64, partial: Int) {
    guard case .hashes(let level) = content else { return (size >> 8, Int(size & 255)) }
    // Shifts by more than 63 bits give 0: no tree has such tiles.
    return (size >> UInt64(8 * level + 8), Int(size >> UInt64(8 * level) & 255))
  }

  /// The numbers of its hashes or entries among all of their kind; nil where a tree of `size` leaves does not have
  /// them all.
  package func indices(in size: UInt64) -> Range<UInt64>? {
    let (full, partial) = Self.count(content, in: size)
    guard index < full || index == full && width <= partial else { return nil }
    let first = index * UInt64(Self.maxWidth)
    return first..<first + UInt64(width)
  }
}

extension Tile {
  /// Where it is served, below the log's prefix: `tile/0/x001/x234/067.p/41`.
  package var path: String {
    let kind =
      switch content {
      case .hashes(let level): String(level)
      case .entries: "entries"
      }
    var groups = [Self.threeDigits(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.append("x" + Self.threeDigits(rest % 1000))
      rest /= 1000
    }
    let partial = width < Self.maxWidth ? ".p/\(width)" : ""
    return "tile/\(kind)/\(groups.reversed().joined(separator: "/"))\(partial)"
  }

  /// Reads a path; nil where it is not exactly what `path` would give.
  package init?(path: String) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
    guard parts.popFirst() == "tile", let kind = parts.popFirst(), let last = parts.popLast() else {
      return nil
    }
    var width = Self.maxWidth
    var final = last
    if let group = parts.last, group.hasSuffix(".p") {
      guard let number = TextLines.number(Array(last.utf8)[...]), (1...255).contains(number) else {
        return nil
      }
      width = Int(number)
      final = group.dropLast(2)
      parts.removeLast()
    }
    guard var index = Self.group(final[...]) else { return nil }
    var unit: UInt64 = 1000
    for group in parts.reversed() {
      guard group.first == "x", let value = Self.group(group.dropFirst()) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: unit)
      let (sum, more) = index.addingReportingOverflow(product)
      guard !overflow && !more else { return nil }
      index = sum
      unit = unit.multipliedReportingOverflow(by: 1000).overflow ? .max : unit * 1000
    }
    let content: Content
    if kind == "entries" {
      content = .entries
    } else {
      guard let level = TextLines.number(Array(kind.utf8)[...]), level <= Self.maxLevel else { return nil }
      content = .hashes(level: Int(level))
    }
    self.init(content, index: index, width: width)
    // Groups that are all zero before the others would be a second path of the same tile.
    guard self.path.utf8.elementsEqual(path.utf8) else { return nil }
  }

  private static func threeDigits(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  private static func group(_ text: Substring) -> UInt64? {
    guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt64(text)
  }
}
