package import Ledger
import WorkloadModel

extension RedactionReport {
  /// Writes the redaction, and what is left of the name.
  package func write(to json: inout JSONWriter) {
    json.object {
      redaction.writeFields(to: &$0)
      $0.field("new", isNew)
      if let traces {
        $0.key("scrub")
        traces.scrub.write(to: &$0)
        traces.writeFields(to: &$0)
      }
    }
  }

  /// Appends the same for people.
  package func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    var list = FieldList()
    list.add("Pseudonym", redaction.pseudonym)
    list.add("Position", HumanText.number(redaction.position))
    if let traces {
      traces.scrub.add(to: &list)
      traces.add(to: &list)
    }
    list.write(to: &bytes, appearance)
  }
}

extension RedactionReport.Traces {
  /// How many positions and names a table has; JSON has more.
  private static let shown = 20

  fileprivate func writeFields(to json: inout JSONWriter) {
    json.field("saltsInLog", saltsInLog)
    if isTelling {
      json.field("namesInLog", namesInLog)
      json.field("namesInViews", namesInViews)
    }
    json.field("textCount", textCount)
    json.key("textPositions")
    json.array { array in for position in textPositions { array.number(position) } }
    json.key("otherNames")
    json.array { array in
      for other in otherNames {
        array.object {
          $0.field("class", "\(other.nameClass)")
          $0.field("name", other.name)
        }
      }
    }
  }

  fileprivate func add(to list: inout FieldList) {
    list.add("Salt in the log", saltsInLog == 0 ? "gone" : places(saltsInLog), saltsInLog == 0 ? .good : .bad)
    if isTelling {
      list.add(
        "Name in the log", namesInLog == 0 ? "gone" : places(namesInLog) + ", in the texts and names below",
        namesInLog == 0 ? .good : .waiting)
      list.add("Name in the views", namesInViews == 0 ? "none" : places(namesInViews))
    } else {
      list.add("Name in the log", "not looked for: so few bytes stand anywhere by chance")
    }
    list.add("Records with it in a text", textCount == 0 ? "none" : textCountAndPositions)
    list.add("Other names with it", otherNames.isEmpty ? "none" : otherNameList)
  }

  private func places(_ count: Int) -> String { HumanText.count(count, "place") }

  private var textCountAndPositions: String {
    let positions = textPositions.prefix(Self.shown).map(String.init).joined(separator: ", ")
    return "\(HumanText.number(textCount)), which can't be changed: \(positions)"
      + (textCount > Self.shown ? " and more" : "")
  }

  private var otherNameList: String {
    otherNames.prefix(Self.shown).map { "\($0.nameClass) \($0.name)" }.joined(separator: ", ")
      + (otherNames.count > Self.shown ? " and more" : "")
  }
}

extension ScrubReport {
  /// Writes how many pages were cleared, and which wait for whom.
  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("freePages", freePages)
      $0.field("gaps", gaps)
      $0.field("waitingPages", waitingPages)
      $0.key("waitingFor")
      $0.array { array in for process in waitingFor { array.number(process) } }
    }
  }

  /// Appends the same for people.
  package func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    var list = FieldList()
    add(to: &list)
    list.write(to: &bytes, appearance)
  }

  fileprivate func add(to list: inout FieldList) {
    list.add(
      "Cleared",
      "\(HumanText.count(freePages, "free page")), unused parts of \(HumanText.count(gaps, "other"))")
    if waitingPages > 0 { list.add("Waiting", HumanText.count(waitingPages, "page"), .waiting) }
  }
}
