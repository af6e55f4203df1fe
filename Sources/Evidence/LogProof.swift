/// A proof that a log has an entry, for a file that needs nothing but the log's key (C2SP tlog-proof,
/// `.tlog-proof`).
///
///     c2sp.org/tlog-proof@v1
///     extra BASE64            may be missing; nobody vouches for it
///     index 5
///     BASE64                  the hashes, that of the leaf's sibling first
///
///     the signed checkpoint
package struct LogProof: Hashable, Sendable {
  /// What an application needs beside; it is not under any signature.
  package var extra: [UInt8]?
  /// The number of the leaf, from 0.
  package var index: UInt64
  package var hashes: [Digest]
  package var checkpoint: SignedCheckpoint

  package static let mark = "c2sp.org/tlog-proof@v1"
  /// No path in a tree of fewer than 2^64 leaves has more.
  package static let maxHashes = 64
  private static let format = "proof"

  package init(extra: [UInt8]? = nil, index: UInt64, hashes: [Digest], checkpoint: SignedCheckpoint) {
    self.extra = extra
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  /// Reads a proof. Nothing is verified.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    var head = try ProofHead(bytes, Self.format, maxLines: Self.maxHashes + 3)
    guard try head.next().elementsEqual(Self.mark.utf8) else {
      throw head.error("'\(Self.mark)' must stand here")
    }
    var line = try head.next()
    if let text = line.after("extra") {
      guard let decoded = Base64.decode(text) else {
        throw head.error("base64 with padding must follow 'extra'")
      }
      extra = decoded
      line = try head.next()
    }
    guard let digits = line.after("index"), let index = TextLines.number(digits) else {
      throw head.error(
        "'index N' must stand here, the number of the leaf from 0, not \(TextLines.shown(line))")
    }
    self.index = index
    hashes = try head.hashes(limit: Self.maxHashes)
    checkpoint = try head.checkpoint()
  }

  /// As it is written.
  package var bytes: [UInt8] {
    var text = Self.mark + "\n"
    if let extra { text += "extra \(Base64.encode(extra))\n" }
    text += "index \(index)\n"
    for hash in hashes { text += hash.base64 + "\n" }
    return Array((text + "\n").utf8) + checkpoint.bytes
  }

  /// Checks that the entry stands at the index of the checkpoint's tree. The signatures are checked apart.
  package func check(entry: [UInt8]) throws(ProofFlaw) {
    try ProofCheck.inclusion(
      of: MerkleHash.leaf(entry), at: index, in: checkpoint.checkpoint.head, proof: hashes)
  }
}

/// The lines before the checkpoint in a proof and in a request to a witness.
struct ProofHead {
  private let format: String
  private let lines: [ArraySlice<UInt8>]
  private let rest: ArraySlice<UInt8>
  private var read = 0

  /// The lines up to the first empty one.
  init(_ bytes: [UInt8], _ format: String, maxLines: Int) throws(FormatError) {
    self.format = format
    var lines: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while true {
      guard let end = rest.firstIndex(of: TextLines.newline) else {
        throw FormatError(format, line: lines.count + 1, "an empty line and a signed checkpoint must follow")
      }
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      if line.isEmpty { break }
      guard lines.count < maxLines else {
        throw FormatError(format, line: lines.count + 1, "there are too many lines before the empty one")
      }
      lines.append(line)
    }
    self.lines = lines
    self.rest = rest
  }

  mutating func next() throws(FormatError) -> ArraySlice<UInt8> {
    guard read < lines.count else {
      throw FormatError(format, line: lines.count + 1, "it ends too early: an empty line stands here")
    }
    read += 1
    return lines[read - 1]
  }

  /// About the line that was read last.
  func error(_ reason: String) -> FormatError { FormatError(format, line: read, reason) }

  /// All lines that are left, a hash each.
  mutating func hashes(limit: Int) throws(FormatError) -> [Digest] {
    var hashes: [Digest] = []
    while read < lines.count {
      let line = try next()
      guard hashes.count < limit else { throw error("there are more than \(limit) hashes") }
      guard let hash = Digest(base64: line) else {
        throw error("a hash must stand here, 32 bytes in base64 with padding, not \(TextLines.shown(line))")
      }
      hashes.append(hash)
    }
    return hashes
  }

  /// What follows the empty line.
  func checkpoint() throws(FormatError) -> SignedCheckpoint {
    do throws(FormatError) {
      return try SignedCheckpoint(parsing: Array(rest))
    } catch {
      throw error.within(format + "'s " + error.format, from: lines.count + 2)
    }
  }
}
