import Glibc
import HistoryModel
import Ledger
import WorkloadModel

/// What both servers are asked, by kind: addresses that mean the same to each, always the same for a history.
struct Questions {
  /// The kinds, in the order of the table.
  enum Kind: String {
    case first = "list: the first page"
    case deep = "list: pages at any depth"
    case filters = "list: by type, status, owner, cluster"
    case name = "list: by a part of the name"
    case details = "details with the timeline"
  }

  /// As many workloads are asked for.
  private static let detailsCount = 5000

  private var lines: [String] = []

  /// Every page that the bench measures, and random workloads.
  init(about project: ProjectPair, ids: [WorkloadID]) throws {
    for variant in try PageVariant.all(of: project) {
      for page in variant.pages { add(variant.kind, page.query, below: page.below) }
    }
    var random = Random(seed: 1)
    for _ in 0..<Self.detailsCount {
      let address = "/api/v1/workloads/\(ids[random.below(ids.count)])"
      lines.append("\(Kind.details.rawValue)\t\(address)\t\(address)")
    }
  }

  /// One a line: the kind, the address for the ledger's server, the one for SQLite's.
  func write(to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw FolderError(description: "fopen \(path): \(String(cString: strerror(errno)))")
    }
    for line in lines { fputs(line + "\n", file) }
    guard fclose(file) == 0 else {
      throw FolderError(description: "fclose \(path): \(String(cString: strerror(errno)))")
    }
  }

  /// The pages of the ledger go on by its own tokens, those of SQLite below a row.
  private mutating func add(_ kind: Kind, _ query: WorkloadQuery, below: Int64?) {
    let path = "/api/v1/projects/\(encoded(query.project))/workloads"
    let filters =
      query.types.map { ("type", $0.label) } + query.statuses.map { ("status", $0.label) }
      + [("owner", query.owner), ("cluster", query.cluster), ("name", query.name)].compactMap { field in
        field.1.map { (field.0, $0) }
      }
      + (query.includesDeleted ? [("all", "true")] : [])
    func address(_ token: String?) -> String {
      let fields = filters + (token.map { [("pageToken", $0)] } ?? [])
      let text = fields.map { "\($0.0)=\(encoded($0.1))" }.joined(separator: "&")
      return text.isEmpty ? path : path + "?" + text
    }
    lines.append("\(kind.rawValue)\t\(address(query.pageToken))\t\(address(below.map(String.init)))")
  }
}

extension PageVariant {
  fileprivate var kind: Questions.Kind {
    if isByName { return .name }
    return name == "first" ? .first : name == "deep" ? .deep : .filters
  }
}

/// Percent-encoded, but for unreserved characters (RFC 3986 section 2.3).
private func encoded(_ text: String) -> String {
  text.utf8.reduce(into: "") { result, byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      result.unicodeScalars.append(Unicode.Scalar(byte))
    default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }
}
