package import Evidence
package import Presentation

/// The document of a bundle, `workledger-evidence@v1`: `schemas/evidence.md` and `schemas/evidence-bundle.json`.
extension EvidenceBundle {
  /// The longest document, in bytes.
  package static let maxBytes = 1 << 28

  /// Writes the document.
  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("format", Self.format)
      $0.field("question", question)
      $0.field("checkpoint", String(decoding: checkpoint.bytes, as: UTF8.self))
      $0.key("completeness")
      completeness.write(to: &$0)
      $0.key("records")
      $0.array { for item in records { item.write(to: &$0) } }
      $0.key("context")
      $0.array { for item in context { item.write(to: &$0) } }
      $0.key("names")
      $0.array { for item in names { item.write(to: &$0) } }
    }
  }

  /// Reads a document. Its form is checked, and nothing is verified.
  package init(json bytes: [UInt8]) throws(FormatError) {
    guard bytes.count <= Self.maxBytes else {
      throw FormatError("bundle", "it has \(bytes.count) bytes; \(Self.maxBytes) are the most")
    }
    let parts: BundleParts
    do throws(DocumentError) {
      parts = try BundleParts(try JSONObject(try JSONValue.parse(bytes), path: "$"))
    } catch {
      throw FormatError("bundle", line: error.line, "column \(error.column), \(error.path): \(error.reason)")
    }
    do throws(FormatError) {
      self.init(
        question: parts.question, checkpoint: try SignedCheckpoint(parsing: parts.checkpoint),
        records: parts.records, context: parts.context, names: parts.names, completeness: parts.completeness)
    } catch {
      throw FormatError("bundle", "$.checkpoint: \(error)")
    }
  }
}

/// A document taken apart; the checkpoint still as its bytes.
private struct BundleParts {
  var question: String
  var checkpoint: [UInt8]
  var completeness: Completeness
  var records: [ProvenRecord] = []
  var context: [ProvenRecord] = []
  var names: [ProvenName] = []

  init(_ object: JSONObject) throws(DocumentError) {
    var object = object
    let format = try object.require("format")
    guard try format.string().utf8.elementsEqual(EvidenceBundle.format.utf8) else {
      throw format.error("'\(EvidenceBundle.format)' must stand here")
    }
    let question = try object.require("question")
    self.question = try question.string()
    guard self.question.utf8.count <= EvidenceBundle.maxQuestion else {
      throw question.error("it is longer than \(EvidenceBundle.maxQuestion) bytes")
    }
    checkpoint = Array(try object.require("checkpoint").string().utf8)
    completeness = try Completeness(try object.require("completeness"))
    for item in try Self.items(try object.require("records")) { records.append(try ProvenRecord(item)) }
    for item in try Self.items(try object.require("context")) { context.append(try ProvenRecord(item)) }
    for item in try Self.items(try object.require("names")) { names.append(try ProvenName(item)) }
    try object.finish()
  }

  private static func items(_ list: JSONItem) throws(DocumentError) -> [JSONItem] {
    let items = try list.list(mayBeEmpty: true)
    guard items.count <= EvidenceBundle.maxItems else {
      throw list.error("it has \(items.count) items; \(EvidenceBundle.maxItems) are the most")
    }
    return items
  }
}

extension Completeness {
  fileprivate func write(to json: inout JSONWriter) {
    json.object {
      switch self {
      case .none: $0.field("kind", "none")
      case .stream(let stream):
        $0.field("kind", "stream")
        $0.field("stream", stream)
      case .project(let project):
        $0.field("kind", "project")
        $0.field("project", project)
      }
    }
  }

  fileprivate init(_ item: JSONItem) throws(DocumentError) {
    var object = try item.object()
    switch try object.require("kind").word(["none", "stream", "project"]) {
    case "stream": self = .stream(try object.require("stream").position())
    case "project": self = .project(UInt32(try object.require("project").integer(0...Int64(UInt32.max))))
    default: self = .none
    }
    try object.finish()
  }
}

extension ProvenRecord {
  fileprivate func write(to json: inout JSONWriter) { json.object { writeMembers(to: &$0) } }

  fileprivate func writeMembers(to json: inout JSONWriter) {
    json.field("position", position)
    json.field("record", Base64.encode(record))
    json.key("proof")
    json.array { for hash in proof { $0.string(hash.base64) } }
  }

  fileprivate init(_ item: JSONItem) throws(DocumentError) {
    var object = try item.object()
    try self.init(&object)
    try object.finish()
  }

  fileprivate init(_ object: inout JSONObject) throws(DocumentError) {
    let position = try object.require("position").position()
    let record = try object.require("record").bytes(limit: EntryBundle.maxEntryBytes)
    let list = try object.require("proof")
    var proof: [Digest] = []
    for item in try list.list(mayBeEmpty: true) {
      guard proof.count < LogProof.maxHashes else {
        throw list.error("a proof has at most \(LogProof.maxHashes) hashes")
      }
      guard let hash = Digest(base64: Array(try item.string().utf8)) else {
        throw item.error("a hash must stand here: 32 bytes in base64 with padding")
      }
      proof.append(hash)
    }
    self.init(position: position, record: record, proof: proof)
  }
}

extension ProvenName {
  fileprivate func write(to json: inout JSONWriter) {
    json.object {
      $0.field("number", number)
      $0.field("class", nameClass)
      opening?.writeMembers(to: &$0)
      registration.writeMembers(to: &$0)
    }
  }

  fileprivate init(_ item: JSONItem) throws(DocumentError) {
    var object = try item.object()
    let number = UInt32(try object.require("number").integer(1...Int64(UInt32.max)))
    let nameClass = UInt8(try object.require("class").integer(1...255))
    var opening: Opening?
    let salt = object.take("salt")
    let name = object.take("name")
    if let salt, let name {
      let bytes = try salt.bytes(limit: Opening.saltBytes)
      guard bytes.count == Opening.saltBytes else {
        throw salt.error("a salt has \(Opening.saltBytes) bytes")
      }
      let text = try name.string()
      guard (1...Opening.maxName).contains(text.utf8.count) else {
        throw name.error("a name has 1 to \(Opening.maxName) bytes")
      }
      opening = Opening(salt: bytes, name: text)
    } else if salt != nil || name != nil {
      throw item.error("'salt' and 'name' must both be there, or, where the name was destroyed, neither")
    }
    let registration = try ProvenRecord(&object)
    try object.finish()
    self.init(number: number, nameClass: nameClass, opening: opening, registration: registration)
  }
}

extension JSONItem {
  fileprivate func position() throws(DocumentError) -> UInt64 {
    UInt64(try integer(1...Int64(ProvenRecord.maxPosition)))
  }

  fileprivate func bytes(limit: Int) throws(DocumentError) -> [UInt8] {
    guard let bytes = Base64.decode(Array(try string().utf8)), bytes.count <= limit else {
      throw error("up to \(limit) bytes in base64 with padding must stand here")
    }
    return bytes
  }
}
