import ArgumentParser

/// Which project.
struct ProjectOptions: ParsableArguments {
  @Option(
    name: .long, help: "The project (else WORKLEDGER_PROJECT, else the actor's only project).",
    completion: Completions.projects)
  var project: String?

  /// The project that was named, by option or environment.
  func named() throws -> String? {
    try (project ?? System.environment("WORKLEDGER_PROJECT")).map { try checked($0, "the project") }
  }
}
