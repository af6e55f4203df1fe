import Crypto
import Evidence
import HTTPTypes
import Ledger

/// The cookie of somebody who signed in on the page (RFC 6265bis): the token itself, which no script can read and no
/// other site can have sent.
struct SessionCookie: Sendable {
  /// Whether the page is reached by TLS; then nobody else can set or read the cookie (`__Host-`).
  let isSecure: Bool

  private var name: String { isSecure ? "__Host-workledger" : "workledger" }

  /// The token of a request; nil where there is none, or more than one.
  func token(in headers: HTTPFields) -> String? {
    var found: [Substring] = []
    for field in headers[values: .cookie] {
      for pair in field.split(separator: ";") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, sides[0].drop(while: { $0 == " " }) == name else { continue }
        found.append(sides[1])
      }
    }
    guard found.count == 1, let token = found.first, !token.isEmpty else { return nil }
    return String(token)
  }

  /// The field that keeps a token for so many seconds; forgets it where there are none left.
  func field(_ token: String, seconds: Int64) -> HTTPField {
    let flags = "; Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    return HTTPField(name: .setCookie, value: "\(name)=\(token); Max-Age=\(max(0, seconds))\(flags)")
  }

  /// Whether a token can stand in a cookie: as all base64url texts with dots can.
  static func canHold(_ token: String) -> Bool {
    !token.isEmpty
      && token.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}

/// Keeps pages of others from acting in the name of who is signed in (cross-site request forgery): each form carries a
/// code that only a page of this server can know, and a browser says from where it sends.
struct ForgeryGuard: Sendable {
  private let key = SymmetricKey(size: .bits256)

  /// The code of a session: half of HMAC-SHA-256 of what the browser sends by itself. It holds until the server ends.
  func code(of ambient: String) -> String {
    Hexadecimal.encode(HMAC<SHA256>.authenticationCode(for: Array(ambient.utf8), using: key).prefix(16))
  }

  /// Refuses a form without the code. How long it takes says nothing about where the codes differ.
  func check(_ code: String?, _ ambient: String?) throws(Problem) {
    guard let ambient else { return }
    guard isSameSecret(code ?? "", self.code(of: ambient)) else {
      throw Problem(.forbidden, "the form is too old, or not of this server: load the page again")
    }
  }

  /// Refuses to change anything for a page of somebody else, as browsers tell by Fetch Metadata and `Origin`
  /// (RFC 6454); a client that is no browser tells neither.
  static func checkOrigin(_ headers: HTTPFields, host: String?) throws(Problem) {
    let isOwn: Bool
    if let site = headers[.fetchSite] {
      isOwn = site == "same-origin" || site == "none"
    } else if let origin = headers[.origin] {
      let name = origin.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first
      isOwn = name.map { String($0).lowercased() } == host?.lowercased()
    } else {
      isOwn = true
    }
    guard isOwn else { throw Problem(.forbidden, "a page of another site may change nothing here") }
  }
}

extension HTTPField.Name {
  /// From where a browser sends: Fetch Metadata.
  static let fetchSite = named("Sec-Fetch-Site")
}
