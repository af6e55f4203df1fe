import ArgumentParser
import Ledger
import WorkloadModel

/// Reads the closed vocabularies of the domain; what is unknown is a usage error that lists what there is.
enum Vocabulary {
  /// The types as they stand in `text`, between commas.
  static func types(_ text: String) throws -> [WorkloadType] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try type(String($0)) }
  }

  static func type(_ text: String) throws -> WorkloadType {
    guard let type = WorkloadType(input: text) else {
      throw ValidationError(unknown("type", text, WorkloadType.allCases.map(\.label)))
    }
    return type
  }

  /// The statuses as they stand in `text`, between commas.
  static func statuses(_ text: String) throws -> [WorkloadStatus] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let status = WorkloadStatus(input: String($0)) else {
        throw ValidationError(unknown("status", String($0), WorkloadStatus.allCases.map(\.label)))
      }
      return status
    }
  }

  /// The events as they stand in `text`, between commas.
  static func actions(_ text: String) throws -> [EventKind] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let kind = EventKind(input: String($0)) else {
        throw ValidationError(unknown("action", String($0), EventKind.allCases.map(\.label)))
      }
      return kind
    }
  }

  /// What workloads can be grouped by.
  static func grouping(_ text: String) throws -> StatisticsGrouping {
    guard let grouping = StatisticsGrouping(rawValue: text.lowercased()) else {
      throw ValidationError(unknown("grouping", text, StatisticsGrouping.allCases.map(\.rawValue)))
    }
    return grouping
  }

  private static func unknown(_ what: String, _ text: String, _ valid: [String]) -> String {
    "'\(text)' is no \(what); there are: \(valid.joined(separator: ", "))"
  }

  /// What a shell offers: with hyphens, for a space would need quotes.
  static let typeWords = CompletionKind.list(WorkloadType.allCases.map { hyphenated($0.label) })
  static let statusWords = CompletionKind.list(WorkloadStatus.allCases.map { hyphenated($0.label) })
  static let actionWords = CompletionKind.list(EventKind.allCases.map { hyphenated($0.label) })

  static let groupingWords = CompletionKind.list(StatisticsGrouping.allCases.map(\.rawValue))

  private static func hyphenated(_ label: String) -> String {
    String(label.map { $0 == " " ? "-" : $0 })
  }
}
