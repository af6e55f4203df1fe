import Exchange
import HTTPTypes
import Hummingbird
import NIOCore
import WorkloadModel

/// The body and the fields of the header that a command of the API is read from.
struct CommandRequest {
  /// The most bytes of a body: a workload with the longest texts that it may have fits.
  static let maxBodyLength = 65_536

  var body: JSONObject
  private let key: IdempotencyKey?
  private let expectedVersion: UInt32?

  /// Reads a request whose body may be left out where nothing in it is required.
  init(_ request: Request) async throws {
    key = try Self.key(request.headers)
    expectedVersion = try Self.expectedVersion(request.headers)
    body = try Self.object(try await Self.bytes(request))
  }

  /// A command with the fields that all have: `reason` and `at` of the body, the key, the version.
  mutating func command(_ kind: EventKind) throws -> Command {
    var command = Command(kind)
    command.key = key
    command.expectedVersion = expectedVersion
    command.reason = try body.text("reason", limit: Limits.reason, isMultiline: true)
    if let item = body.take("at") {
      guard let time = Timestamp(rfc3339: try item.string()) else {
        throw item.error("a time in RFC 3339 must stand here, as in 2023-07-01T08:30:00Z")
      }
      command.occurredAt = time
    }
    return command
  }

  // MARK: The body

  private static func bytes(_ request: Request) async throws -> [UInt8] {
    var request = request
    let buffer: ByteBuffer
    do { buffer = try await request.collectBody(upTo: maxBodyLength) } catch is NIOTooManyBytesError {
      throw Problem(.bodyTooLarge, "the body has more than \(maxBodyLength) bytes")
    }
    let bytes = Array(buffer.readableBytesView)
    // A page of somebody else can send a form or a plain text to this server without asking, but not this.
    let type = request.headers[.contentType] ?? ""
    guard
      type.split(separator: ";").first?.lowercased() == "application/json" || bytes.isEmpty && type.isEmpty
    else {
      throw Problem(.unsupportedType, "the body must be application/json, not '\(type.prefix(80))'")
    }
    return bytes
  }

  private static func object(_ bytes: [UInt8]) throws(DocumentError) -> JSONObject {
    try JSONObject(try JSONValue.parse(bytes.isEmpty ? Array("{}".utf8) : bytes), path: "$")
  }

  // MARK: The header

  private static func key(_ headers: HTTPFields) throws(Problem) -> IdempotencyKey? {
    guard let text = headers[.idempotencyKey] else { return nil }
    guard let key = IdempotencyKey(text) else {
      throw Problem(
        .badParameter,
        "'Idempotency-Key' has 1 to \(IdempotencyKey.maxLength) visible ASCII characters",
        parameter: "Idempotency-Key")
    }
    return key
  }

  /// `If-Match` with one entity tag, which is the version of a workload; `*` asks for none.
  private static func expectedVersion(_ headers: HTTPFields) throws(Problem) -> UInt32? {
    guard let text = headers[.ifMatch], text != "*" else { return nil }
    guard text.utf8.count > 2, text.hasPrefix("\""), text.hasSuffix("\""),
      Query.isDecimal(String(text.dropFirst().dropLast())), let version = UInt32(text.dropFirst().dropLast())
    else {
      throw Problem(
        .badParameter, "'If-Match' is the ETag of the workload, its version in quotes, as in \"3\"",
        parameter: "If-Match")
    }
    return version
  }
}

extension JSONObject {
  /// A text of a member without control characters; nil where it is absent. What is empty is refused.
  mutating func text(_ key: String, limit: Int, isMultiline: Bool = false) throws(DocumentError) -> String? {
    try take(key)?.text(limit: limit, isMultiline: isMultiline)
  }
}

extension JSONItem {
  /// A text without control characters that is not empty.
  func text(limit: Int, isMultiline: Bool = false) throws(DocumentError) -> String {
    var text = try string()
    text.makeContiguousUTF8()
    if let flaw = TextFlaw.find(in: text.utf8.span, limit: limit, multiline: isMultiline) {
      throw error("the text \(flaw.explanation)")
    }
    return text
  }
}

extension HTTPField.Name {
  /// What a client names a request by.
  static let idempotencyKey = named("Idempotency-Key")
}
