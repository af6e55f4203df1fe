package import Ledger
import Evidence
package import Presentation

/// A line of the names of a log as tiles: `schemas/evidence.md`.
extension RegisteredName {
  /// Writes the line without its line feed. A name that was destroyed has neither salt nor name.
  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("number", number)
      $0.field("class", nameClass)
      opening?.writeMembers(to: &$0)
    }
  }
}

extension RegisteredName {
  /// Reads a line without its line feed; nil unless `write` would write the same bytes.
  package init?(line: [UInt8]) {
    guard let name = try? RegisteredName(try JSONObject(try JSONValue.parse(line), path: "$")) else {
      return nil
    }
    var json = JSONWriter()
    name.write(to: &json)
    guard json.bytes == line else { return nil }
    self = name
  }

  private init(_ object: JSONObject) throws(DocumentError) {
    var object = object
    let number = UInt32(try object.require("number").integer(1...Int64(UInt32.max)))
    let nameClass = UInt8(try object.require("class").integer(1...255))
    var opening: ProvenName.Opening?
    if let salt = object.take("salt"), let name = object.take("name") {
      guard let bytes = Base64.decode(Array(try salt.string().utf8)),
        bytes.count == ProvenName.Opening.saltBytes
      else { throw salt.error("a salt has \(ProvenName.Opening.saltBytes) bytes in base64") }
      let text = try name.string()
      guard (1...ProvenName.Opening.maxName).contains(text.utf8.count) else {
        throw name.error("a name has 1 to \(ProvenName.Opening.maxName) bytes")
      }
      opening = ProvenName.Opening(salt: bytes, name: text)
    }
    self.init(number: number, nameClass: nameClass, opening: opening)
  }
}

extension ProvenName.Opening {
  /// Writes what opens the commitment of a name, inside an object.
  func writeMembers(to json: inout JSONWriter) {
    json.field("salt", Base64.encode(salt))
    json.field("name", name)
  }
}
