import ArgumentParser
import Ledger

/// Words that a shell offers out of the ledger; nothing where it can't be read.
enum Completions {
  static let projects = CompletionKind.custom { words, _, _ in
    guard let ledger = ledger(words), let projects = try? ledger.projects() else { return [] }
    return projects.map(\.name)
  }

  static let workloads = CompletionKind.custom { words, _, prefix in
    guard let ledger = ledger(words), let project = project(words, ledger) else { return [] }
    var query = WorkloadQuery(project: project)
    query.limit = 200
    query.name = prefix.isEmpty ? nil : prefix
    guard let page = try? ledger.page(query, now: System.now) else { return [] }
    return page.items.map(\.name)
  }

  private static func ledger(_ words: [String]) -> Ledger? {
    var options = LedgerOptions()
    options.folder = value(of: "--ledger", words)
    guard let path = try? options.path() else { return nil }
    return try? Ledger(path: path, access: .readOnly)
  }

  private static func project(_ words: [String], _ ledger: Ledger) -> String? {
    if let name = value(of: "--project", words) ?? System.environment("WORKLEDGER_PROJECT") { return name }
    let user = value(of: "--as", words) ?? System.environment("WORKLEDGER_USER") ?? System.login
    let mine = (try? ledger.projects(of: user)) ?? []
    return mine.count == 1 ? mine.first : nil
  }

  private static func value(of option: String, _ words: [String]) -> String? {
    guard let index = words.lastIndex(of: option), index + 1 < words.count else { return nil }
    return words[index + 1]
  }
}
