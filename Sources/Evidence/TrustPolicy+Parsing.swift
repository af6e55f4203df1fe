extension TrustPolicy {
  /// Reads a policy. Names are bytes and are compared as such.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    var reader = PolicyReader()
    let lines = try TextLines.split(bytes[...], PolicyReader.format)
    for line in lines { try reader.read(line) }
    self = try reader.finish()
  }
}

/// Builds a policy line by line.
private struct PolicyReader {
  static let format = "policy"

  private var policy = TrustPolicy()
  private var hasQuorum = false
  /// Which names exist, and whether they are a member of a group already.
  private var isMember: [TrustPolicy.Name: Bool] = [:]
  private var publicKeys: Set<Digest> = []
  private var line = 0

  private func error(_ reason: String) -> FormatError { FormatError(Self.format, line: line, reason) }

  mutating func read(_ text: ArraySlice<UInt8>) throws(FormatError) {
    line += 1
    guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw error("there is a control character; only tabs and line feeds are allowed")
    }
    let words = text.split { $0 == 0x20 || $0 == 0x09 }
    guard let first = words.first, first.first != UInt8(ascii: "#") else { return }
    let rest = words.dropFirst()
    switch String(decoding: first, as: UTF8.self) {
    case "log": try log(Array(rest))
    case "witness": try witness(Array(rest))
    case "group": try group(Array(rest))
    case "quorum": try quorum(Array(rest))
    default: throw error("log, witness, group or quorum must stand here, not \(TextLines.shown(first))")
    }
  }

  func finish() throws(FormatError) -> TrustPolicy {
    guard hasQuorum else {
      throw FormatError(Self.format, "there must be one line 'quorum NAME' or 'quorum none'")
    }
    return policy
  }

  private mutating func log(_ words: [ArraySlice<UInt8>]) throws(FormatError) {
    guard (1...2).contains(words.count) else { throw error("it must be: log VKEY [URL]") }
    policy.logs.append(try key(words[0]))
    try limit(policy.logs.count, "logs")
  }

  private mutating func witness(_ words: [ArraySlice<UInt8>]) throws(FormatError) {
    guard (2...3).contains(words.count) else { throw error("it must be: witness NAME VKEY [URL]") }
    let key = try key(words[1])
    guard key.algorithm == .cosignature else {
      throw error("the key of a witness must be one for cosignatures (algorithm 4)")
    }
    policy.named.append(.init(name: try define(words[0]), key: key))
    try limit(policy.named.count, "witnesses")
  }

  private mutating func group(_ words: [ArraySlice<UInt8>]) throws(FormatError) {
    guard words.count >= 3 else { throw error("it must be: group NAME K|any|all MEMBER…") }
    let members = words[2...].map { Array($0) }
    let threshold: Int
    switch String(decoding: words[1], as: UTF8.self) {
    case "any": threshold = 1
    case "all": threshold = members.count
    default:
      guard let number = TextLines.number(words[1]), (1...UInt64(members.count)).contains(number) else {
        throw error(
          "'any', 'all' or a number from 1 to \(members.count) must stand here, not \(TextLines.shown(words[1]))"
        )
      }
      threshold = Int(number)
    }
    for member in members {
      guard let taken = isMember[member] else {
        throw error("\(TextLines.shown(member[...])) is no witness or group of a line before")
      }
      guard !taken else { throw error("\(TextLines.shown(member[...])) is a member of a group already") }
      isMember[member] = true
    }
    policy.groups.append(.init(name: try define(words[0]), threshold: threshold, members: members))
    try limit(policy.groups.count, "groups")
  }

  private mutating func quorum(_ words: [ArraySlice<UInt8>]) throws(FormatError) {
    guard words.count == 1 else { throw error("it must be: quorum NAME, or quorum none") }
    guard !hasQuorum else { throw error("there must be one quorum only") }
    hasQuorum = true
    if words[0].elementsEqual("none".utf8) { return }
    guard isMember[Array(words[0])] != nil else {
      throw error("\(TextLines.shown(words[0])) is no witness or group of a line before")
    }
    policy.quorum = Array(words[0])
  }

  private mutating func define(_ word: ArraySlice<UInt8>) throws(FormatError) -> TrustPolicy.Name {
    let name = Array(word)
    guard !name.elementsEqual("none".utf8) else {
      throw error("'none' can't be the name of a witness or group")
    }
    guard isMember.updateValue(false, forKey: name) == nil else {
      throw error("\(TextLines.shown(word)) is the name of another witness or group already")
    }
    return name
  }

  private mutating func key(_ word: ArraySlice<UInt8>) throws(FormatError) -> VerifierKey {
    let key: VerifierKey
    do throws(FormatError) {
      key = try VerifierKey(parsing: String(decoding: word, as: UTF8.self))
    } catch let flaw {
      throw error("\(flaw)")
    }
    guard publicKeys.insert(key.publicKey).inserted else { throw error("this public key stands there twice") }
    return key
  }

  private func limit(_ count: Int, _ what: String) throws(FormatError) {
    guard count <= TrustPolicy.maxOfEach else {
      throw error("there are more than \(TrustPolicy.maxOfEach) \(what)")
    }
  }
}
