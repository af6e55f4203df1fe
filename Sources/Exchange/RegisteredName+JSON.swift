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
      if let opening {
        $0.field("salt", Base64.encode(opening.salt))
        $0.field("name", opening.name)
      }
    }
  }
}
