/// What a witness remembers: who it is, and the last checkpoint of each log that it cosigned.
/// `schemas/evidence.md` has the file's format.
package struct WitnessStore: Sendable {
  /// The witness's public key.
  package let witness: VerifierKey
  private var records: [KeyName: WitnessRecord] = [:]

  package static let mark = "workledger-witness@v1"
  /// The longest file, in bytes.
  package static let maxBytes = 1 << 26
  private static let format = "witness store"

  /// A witness that has seen nothing.
  package init(witness: VerifierKey) { self.witness = witness }

  /// The last checkpoint of a log; nil where none was seen.
  package subscript(log: String) -> WitnessRecord? { KeyName(log).flatMap { records[$0] } }

  /// All of them, by the logs' names as bytes.
  package var all: [(log: KeyName, record: WitnessRecord)] {
    records.sorted { $0.key.text.utf8.lexicographicallyPrecedes($1.key.text.utf8) }
      .map { (log: $0.key, record: $0.value) }
  }

  /// Keeps a record in place of the one before it. Its log has a name that a key can have: the witness checked
  /// the signature with one.
  package mutating func set(_ record: WitnessRecord) {
    guard let name = KeyName(record.checkpoint.checkpoint.origin) else {
      preconditionFailure("the log of a record that was decided on has the name of a key")
    }
    records[name] = record
  }

  /// The file.
  package var bytes: [UInt8] {
    var text = "\(Self.mark)\nwitness \(witness)\n"
    for (_, record) in all { text += "log \(record.time) \(Base64.encode(record.checkpoint.bytes))\n" }
    let body = Array(text.utf8)
    return body + Array("sum \(MerkleHash.plain(body).hex)\n".utf8)
  }

  /// Reads a file. One that is not whole is refused: a witness that forgets is of no use.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    guard bytes.count <= Self.maxBytes else {
      throw FormatError(Self.format, "it has \(bytes.count) bytes; \(Self.maxBytes) are the most")
    }
    let lines = try TextLines.split(bytes[...], Self.format)
    guard lines.count >= 3, lines[0].elementsEqual(Self.mark.utf8), let key = lines[1].after("witness") else {
      throw FormatError(Self.format, line: 1, "'\(Self.mark)', 'witness VKEY' and a sum must stand there")
    }
    let last = lines[lines.count - 1]
    guard let sum = last.after("sum"),
      MerkleHash.plain(Array(bytes[..<last.startIndex])).hex.utf8.elementsEqual(sum)
    else {
      throw FormatError(
        Self.format, line: lines.count, "the sum over the file is not this: the file is damaged")
    }
    do throws(FormatError) {
      witness = try VerifierKey(parsing: String(decoding: key, as: UTF8.self))
    } catch {
      throw error.within(Self.format, from: 2)
    }
    for (index, line) in lines.enumerated().dropFirst(2).dropLast() {
      let (name, record) = try Self.record(line, number: index + 1)
      guard records.updateValue(record, forKey: name) == nil else {
        throw FormatError(Self.format, line: index + 1, "the log \(name) stands there twice")
      }
    }
  }

  private static func record(
    _ line: ArraySlice<UInt8>, number: Int
  ) throws(FormatError) -> (KeyName, WitnessRecord) {
    let words = (line.after("log") ?? []).split(
      separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 2, let time = TextLines.number(words[0]), let note = Base64.decode(words[1]) else {
      throw FormatError(format, line: number, "'log TIME NOTE' must stand here")
    }
    let checkpoint: SignedCheckpoint
    do throws(FormatError) {
      checkpoint = try SignedCheckpoint(parsing: note)
    } catch {
      throw FormatError(format, line: number, "\(error)")
    }
    guard let name = KeyName(checkpoint.checkpoint.origin) else {
      throw FormatError(format, line: number, "the name of a log must have \(KeyName.rule)")
    }
    return (name, WitnessRecord(checkpoint: checkpoint, time: time))
  }
}
