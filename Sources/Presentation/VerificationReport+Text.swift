public import Ledger

extension VerificationReport {
  /// Writes what was looked at, and the first findings.
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("holds", findingCount == 0)
      $0.field("records", records)
      if !root.isEmpty { $0.field("root", root) }
      $0.field("names", names)
      $0.field("checkpoints", checkpoints)
      $0.field("viewEntries", viewEntries)
      $0.field("findingCount", findingCount)
      $0.key("findings")
      $0.array { array in
        for finding in findings {
          array.object {
            $0.field("position", finding.position)
            $0.field("what", finding.what)
          }
        }
      }
    }
  }

  /// Appends the same for people: the verdict first, then the findings.
  public func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    if findingCount == 0 {
      append("everything holds", .good, colour: appearance.hasColour, to: &bytes)
    } else {
      append(
        "\(HumanText.count(findingCount, "thing does", "things do")) not hold", .bad,
        colour: appearance.hasColour, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    for finding in findings {
      let place = finding.position.map { "record \(HumanText.number($0)): " } ?? ""
      bytes.append(contentsOf: "  \(place)\(finding.what)\n".utf8)
    }
    if findingCount > findings.count {
      bytes.append(contentsOf: "  and \(HumanText.number(findingCount - findings.count)) more\n".utf8)
    }
    var list = FieldList()
    list.add("Records", HumanText.number(records) + ", each hashed, read and held against its links")
    list.add("Root", root.isEmpty ? nil : root)
    list.add("Names", HumanText.number(names))
    list.add("Checkpoints", HumanText.number(checkpoints))
    list.add("Views", viewEntries.map { HumanText.count($0, "entry", "entries") } ?? "not compared")
    list.write(to: &bytes, appearance)
  }
}
