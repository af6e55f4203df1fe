public import Ledger
import WorkloadModel

extension ReplayReport {
  /// Writes what was folded and compared, and the first differences.
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("position", position)
      $0.field("workloads", workloads)
      $0.field("entries", entries)
      $0.field("compared", wasCompared)
      $0.field("rebuilt", wasRebuilt)
      $0.field("differenceCount", differenceCount)
      $0.key("differences")
      $0.array { array in
        for difference in differences {
          array.object {
            $0.field("view", difference.view)
            $0.field("workload", difference.workload)
            $0.field("field", difference.field)
            $0.field("stored", difference.stored)
            $0.field("expected", difference.expected)
          }
        }
      }
    }
  }

  /// Appends the same for people: the verdict first, then the differences.
  public func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    let folded =
      "folded up to position \(HumanText.number(position)), \(HumanText.count(workloads, "workload"))"
    append(verdict.text, verdict.style, colour: appearance.hasColour, to: &bytes)
    bytes.append(contentsOf: ": \(folded)\n".utf8)
    for difference in differences {
      var list = FieldList()
      list.add("View", difference.view)
      list.add("Workload", difference.workload?.description)
      list.add("Field", difference.field)
      list.add("Stored", difference.stored ?? "(missing)", .bad)
      list.add("Expected", difference.expected ?? "(nothing)", .good)
      bytes.append(UInt8(ascii: "\n"))
      list.write(to: &bytes, appearance)
    }
    if differenceCount > differences.count {
      let rest = HumanText.count(differenceCount - differences.count, "difference")
      bytes.append(contentsOf: "\nand \(rest) more\n".utf8)
    }
  }

  private var verdict: (text: String, style: Style) {
    if wasRebuilt { return ("the views were folded anew and replaced", .good) }
    if !wasCompared { return ("nothing was compared", .plain) }
    if differenceCount == 0 {
      return ("the views are what the log says (\(HumanText.count(entries, "entry", "entries")))", .good)
    }
    return ("the views differ from the log in \(HumanText.count(differenceCount, "place"))", .bad)
  }
}
