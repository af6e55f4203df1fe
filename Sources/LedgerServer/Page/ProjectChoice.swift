import Ledger

/// The choice of a project at the top of every page of one, for those who have several.
enum ProjectChoice {
  /// What the head of a page shows; nothing where there is no choice.
  static func values(_ access: Access, current: String) throws(LedgerError) -> PageValues {
    let names = try access.visibleProjectNames()
    guard names.count > 1 else { return [:] }
    let projects = names.map { name -> PageValues in
      ["name": name, "address": PageAddress.workloads(of: name), "isCurrent": name == current]
    }
    return ["choice": ["projects": projects]]
  }
}
