/// All measures at one size after the other.
struct Suite {
  let folder: Folder
  /// Which parts are asked for.
  let parts: Set<String>
  /// The command line of the ledger; nil where no process is measured.
  let program: String?
  private(set) var figures: [Figure] = []
  private var pages = PageMeasure()

  init(folder: Folder, parts: Set<String>, program: String?) {
    self.folder = folder
    self.parts = parts
    self.program = program
  }

  /// What can be measured alone; appending comes before all but the last two.
  static let partNames = [
    "append", "sizes", "fold", "processes", "durable", "rebuild", "writers", "import", "pages",
  ]

  /// A project has no more workloads than this: of more events the pages say nothing new.
  private static let largestProject = 1_000_000

  mutating func run(_ size: Int) throws {
    var found: [Figure] = []
    let report: (Figure) -> Void = { figure in
      found.append(figure)
      writeError("bench: \(Table(figures: [figure]).lastLine)\n")
    }
    if !parts.isSubset(of: ["import", "pages"]) {
      let stores = try AppendMeasure.run(size, in: folder, report)
      defer { folder.remove(stores.name) }
      if wants("sizes") { try SizeMeasure.run(stores, size: size, report) }
      if wants("fold") { try FoldMeasure.fold(stores, size: size, report) }
      if wants("processes"), let program {
        try ProcessMeasure(program: program).run(stores, size: size, report)
      }
      if wants("durable") { try DurableMeasure.run(stores, size: size, report) }
      if wants("rebuild") { try FoldMeasure.rebuild(stores, size: size, report) }
      if wants("durable"), wants("rebuild") {
        try DurableMeasure.run(stores, size: size, report, note: "after the rebuild")
      }
      // Last, for each contender appends another number of events.
      if wants("writers") { try WritersMeasure.run(stores, size: size, report) }
    }
    if wants("import") { try ImportMeasure.run(size, in: folder, report) }
    if wants("pages"), size <= Self.largestProject { try pages.run(size, in: folder, report) }
    figures += found
  }

  private func wants(_ part: String) -> Bool { parts.contains(part) }

  /// About 700 bytes an event for all three together, or for a file and the largest store that it goes into;
  /// or for pages of six events a workload.
  static func checkSpace(for sizes: [Int], in folder: Folder) throws {
    let needed = sizes.map { max($0 * 800, min($0, largestProject) * 2000) }.max() ?? 0
    guard folder.freeBytes > needed * 5 / 4 else {
      throw FolderError(
        description: "\(folder.path) has \(folder.freeBytes >> 20) MB free, and \(needed >> 20) MB are "
          + "needed: name another folder with --dir")
    }
  }
}
