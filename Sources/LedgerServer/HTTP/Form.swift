import HTTPTypes
import Hummingbird
import NIOCore

/// What a form of a page sends: `application/x-www-form-urlencoded`.
enum Form {
  /// The most bytes: a reason of the greatest length, percent-encoded, and a token fit.
  static let maxLength = 32_768

  /// Reads the fields of a form, empty ones left out.
  static func read(_ request: Request) async throws -> Query {
    let type = request.headers[.contentType] ?? ""
    guard type.split(separator: ";").first?.lowercased() == "application/x-www-form-urlencoded" else {
      throw Problem(
        .unsupportedType,
        "a form is sent as application/x-www-form-urlencoded, not as '\(type.prefix(80))'; programs use /api/v1"
      )
    }
    var request = request
    do {
      let buffer = try await request.collectBody(upTo: maxLength)
      guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
        throw Problem(.badRequest, "the form is not percent-encoded UTF-8")
      }
      return try Query(text, dropsEmpty: true)
    } catch is NIOTooManyBytesError {
      throw Problem(.bodyTooLarge, "the form has more than \(maxLength) bytes")
    }
  }
}
