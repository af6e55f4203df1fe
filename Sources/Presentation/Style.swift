package import WorkloadModel

/// How a cell looks where colours are wanted (ECMA-48, Select Graphic Rendition).
package enum Style: Sendable {
  case plain, strong, faint, good, bad, busy, waiting

  /// The parameters between `ESC [` and `m`.
  var parameters: StaticString {
    switch self {
    case .plain: ""
    case .strong: "1"
    case .faint: "2"
    case .good: "32"
    case .bad: "31"
    case .busy: "36"
    case .waiting: "33"
    }
  }

  /// The colour of a status; its word always stands beside it, so that nothing hangs on the colour.
  package static func of(_ status: WorkloadStatus) -> Style {
    switch status {
    case .added, .pending: .waiting
    case .running: .busy
    case .complete: .good
    case .failed, .deleteFailed: .bad
    case .deleteRequested, .deleted, .terminated, .unknown: .faint
    }
  }
}

/// Appends text in a style.
func append(_ text: String, _ style: Style, colour: Bool, to bytes: inout [UInt8]) {
  guard colour, style.parameters.utf8CodeUnitCount > 0, !text.isEmpty else {
    bytes.append(contentsOf: text.utf8)
    return
  }
  bytes.append(contentsOf: "\u{1B}[".utf8)
  style.parameters.withUTF8Buffer { bytes.append(contentsOf: $0) }
  bytes.append(UInt8(ascii: "m"))
  bytes.append(contentsOf: text.utf8)
  bytes.append(contentsOf: "\u{1B}[0m".utf8)
}
