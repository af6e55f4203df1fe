import Crypto
import Evidence
import Hummingbird

/// A file that all pages use. Its address in them says which version of it they were made with, so browsers keep it for
/// good, and a newer program is asked for its own at once.
struct Asset: Sendable {
  let path: String
  private let type: String
  private let bytes: [UInt8]
  private let version: String

  static let style = Asset("/style.css", "text/css; charset=utf-8", StyleSheet.text + ControlStyles.text)
  static let script = Asset("/app.js", "text/javascript; charset=utf-8", Script.text)

  private init(_ path: String, _ type: String, _ text: String) {
    (self.path, self.type) = (path, type)
    bytes = Array(text.utf8)
    version = Hexadecimal.encode(SHA256.hash(data: bytes).prefix(8))
  }

  /// The address with the version in it.
  var address: String { "\(path)?v=\(version)" }

  /// The file. Who asks for no version, or for another than this program has, gets it too, for a short time: kept for
  /// good under that address, it would be taken for the other one.
  @Sendable func answer(_ request: Request, _ context: ServerContext) async throws -> Response {
    var parameters = try Query(request.uri.query)
    let asked = try parameters.text("v")
    try parameters.finish()
    let lifetime = asked == version ? "public, max-age=31536000, immutable" : "private, max-age=600"
    return Response(type: type, bytes: bytes, more: [.cacheControl: lifetime])
  }
}
