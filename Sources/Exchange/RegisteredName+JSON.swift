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

extension ProvenName.Opening {
  /// Writes what opens the commitment of a name, inside an object.
  func writeMembers(to json: inout JSONWriter) {
    json.field("salt", Base64.encode(salt))
    json.field("name", name)
  }
}
