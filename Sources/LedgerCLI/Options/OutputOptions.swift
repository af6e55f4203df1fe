import ArgumentParser

/// The formats of output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, wide, json, ndjson, csv
}

/// In which format to print.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("How to print.", valueName: "format"))
  var output: OutputFormat = .table
}
