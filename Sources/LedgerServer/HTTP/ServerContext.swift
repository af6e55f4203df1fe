import Hummingbird
import Logging
import Synchronization

/// What is known of a request beside the request itself.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Names the request in the log, in problems and in `X-Request-Id`.
  var requestID: String
  /// Who asks, and how that is known; set before any route is reached.
  var authentication: Authentication

  var identity: Identity { authentication.identity }
  /// What a browser sent by itself to say who asks.
  var ambient: String? { authentication.ambient }

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    requestID = ""
    authentication = .nobody
  }
}

/// The name of a request: what the client gave in `X-Request-Id`, where it is one, else a random one.
enum RequestName {
  /// Letters, digits and `-._`, 1 to 64 of them: nothing that could break a line of a log.
  static func isValid(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// Begins anywhere, and comes back only after 2^64 steps of an odd width: no two are the same, and none costs a call
  /// of the system for randomness.
  private static let last = Atomic<UInt64>(.random(in: 0 ... .max))

  static func choose(_ given: String?) -> String {
    if let given, isValid(given) { return given }
    let digits = String(last.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
