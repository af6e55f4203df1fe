import Exchange
import WorkloadModel

/// What an import in a test gave.
struct ImportRun {
  var report = ImportReport()
  var events: [String] = []
  var items: [Collector.Item] = []
  var rejections: [ImportRejection] = []
  var failure: ImportError?
  var batchSizes: [Int] = []

  /// Rejections as `line:column field: reason`.
  var rejected: [String] {
    rejections.map { rejection in
      let column = rejection.column.map { ":\($0)" } ?? ""
      return "\(rejection.line)\(column) \(rejection.field ?? "-"): \(rejection.reason)"
    }
  }

  static let options = ImportOptions(reporter: "tester@host", importer: "tester")

  /// Imports lines of CloudEvents.
  static func lines(_ text: String, _ options: ImportOptions = options) -> ImportRun {
    cloudEvents([.bytes(Array(text.utf8), name: "file")], options)
  }

  static func cloudEvents(_ sources: [ByteSource], _ options: ImportOptions = options) -> ImportRun {
    run { collector, observer throws(ImportFailure) in
      try Importer.importCloudEvents(
        from: sources, options: options, into: collector.append, observer: observer)
    }
  }

  /// Imports rows of CSV.
  static func rows(
    _ texts: String..., mapping: Mapping, options: ImportOptions = options
  ) -> ImportRun {
    let sources = texts.enumerated().map {
      ByteSource.bytes(Array($0.element.utf8), name: "part-\($0.offset)")
    }
    return run { collector, observer throws(ImportFailure) in
      try Importer.importCSV(
        from: sources, mapping: mapping, options: options, into: collector.append, observer: observer)
    }
  }

  private static func run(
    _ body: (Collector, ImportObserver) throws(ImportFailure) -> ImportReport
  ) -> ImportRun {
    var run = ImportRun()
    let collector = Collector()
    var rejections: [ImportRejection] = []
    do throws(ImportFailure) {
      run.report = try withoutActuallyEscaping({ rejections.append($0) }) { keep throws(ImportFailure) in
        try body(collector, ImportObserver(rejection: keep))
      }
    } catch {
      run.failure = error.error
      run.report = error.report
    }
    run.rejections = rejections
    run.items = collector.items
    run.events = collector.items.map(\.event)
    run.batchSizes = collector.batchSizes
    return run
  }
}
