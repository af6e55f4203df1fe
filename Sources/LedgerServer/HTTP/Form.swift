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
      throw Problem(.unsupportedType, "a form must stand here, not '\(type.prefix(80))'")
    }
    var request = request
    do {
      let buffer = try await request.collectBody(upTo: maxLength)
      return try Query(String(buffer: buffer), dropsEmpty: true)
    } catch is NIOTooManyBytesError {
      throw Problem(.bodyTooLarge, "the form has more than \(maxLength) bytes")
    }
  }
}
