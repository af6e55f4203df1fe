import Evidence
import ReadModels
import WorkloadModel

extension WorkloadQuery {
  /// Whether the page is found in a few steps, however many workloads there are: one of now, and not by a part of the
  /// name, for which the names of all are read.
  package var isQuick: Bool {
    guard name == nil, moment.isNow, limit <= 100 else { return false }
    guard let pageToken, let token = try? PageToken(pageToken, for: self) else { return true }
    return token.position == nil
  }
}

/// The token of a page: opaque, and bound to the filters that it was made for.
///
/// Base64url (RFC 4648 section 5) of: u8 version, u32 ordinal of the last row, u64 FNV-1a of the filters. Version 1
/// ends there and goes on with the workloads as they are when it is used. Version 2 is of a moment and goes on with
/// a u64, the position as of which all its pages are; version 3 has behind that an i64, the time at which.
struct PageToken {
  /// The place of the last row: the next page begins below it.
  var ordinal: UInt32
  /// As of which position all pages are; nil for pages of now.
  var position: UInt64?
  /// At which time; nil for none.
  var time: Timestamp?

  /// How long a token of version 1, 2 and 3 is, in bytes.
  private static let byteCounts = [13, 21, 29]
  /// The most letters of any.
  private static let maxLength = 39

  init(ordinal: UInt32, moment: PastMoment? = nil) {
    self.ordinal = ordinal
    position = moment?.position
    time = moment?.time
  }

  /// Reads a token; refused where it is none, or another query's.
  init(_ token: String, for query: WorkloadQuery) throws(LedgerError) {
    let malformed = LedgerError.usage(
      "'\(token.prefix(40))' is not a page token: take the one that the page before gave")
    guard token.utf8.count <= Self.maxLength, let bytes = Base64URL.decode(token.utf8),
      let version = bytes.first, (1...3).contains(version), bytes.count == Self.byteCounts[Int(version) - 1]
    else { throw malformed }
    ordinal = UInt32(truncatingIfNeeded: Self.number(bytes[1..<5]))
    if version > 1 { position = Self.number(bytes[13..<21]) }
    if version > 2 { time = Timestamp(microseconds: Int64(bitPattern: Self.number(bytes[21..<29]))) }
    guard Self.number(bytes[5..<13]) == Self.hash(query), text(for: query) == token else {
      throw .usage("the page token belongs to other filters: repeat them all, or begin again without it")
    }
  }

  func text(for query: WorkloadQuery) -> String {
    var bytes: [UInt8] = [position == nil ? 1 : time == nil ? 2 : 3]
    func add(_ value: UInt64, _ count: Int) {
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
    add(UInt64(ordinal), 4)
    add(Self.hash(query), 8)
    if let position { add(position, 8) }
    if let time { add(UInt64(bitPattern: time.microseconds), 8) }
    return Base64URL.encode(bytes)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }

  /// Of everything that decides which rows there are and in which order; not of the page's size, and not of the
  /// moment, which the token holds itself.
  private static func hash(_ query: WorkloadQuery) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ text: String?) {
      for byte in (text ?? "\u{1}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
    }
    add(query.project)
    add(query.name)
    add(query.types.map(\.rawValue).sorted().map(String.init).joined(separator: ","))
    add(query.statuses.map(\.rawValue).sorted().map(String.init).joined(separator: ","))
    add(query.owner)
    add(query.cluster)
    add(query.includesDeleted ? "all" : "")
    return hash
  }
}
