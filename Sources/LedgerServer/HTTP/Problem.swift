import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Presentation
import WorkloadModel

/// Why a request gets no answer, as problem details (RFC 9457): what is wrong, where, and what would be right.
struct Problem: Error, Hashable {
  /// What kind of thing went wrong. The raw value ends the `type` of the document and never changes.
  enum Kind: String, CaseIterable {
    case badParameter = "bad-parameter"
    case badRequest = "bad-request"
    case unauthenticated = "unauthenticated"
    case forbidden = "forbidden"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case unknownMethod = "unknown-method"
    case conflict = "conflict"
    case refused = "refused"
    case wrongVersion = "wrong-version"
    case unsupportedType = "unsupported-type"
    case evidence = "evidence-does-not-hold"
    case bodyTooLarge = "body-too-large"
    case addressTooLong = "address-too-long"
    case wrongHost = "wrong-host"
    case failed = "failed"
    case busy = "busy"
    case notReady = "not-ready"
  }
  var kind: Kind
  /// A sentence for people, with what to do next.
  var detail: String
  /// The parameter that is wrong, where it is one; of a body the path in it, as in `$.resources.gpuMilli`.
  var parameter: String?
  /// Where the log says so: the position of a refusal, or of the event that was there before.
  var position: UInt64?
  /// The version that the workload has.
  var version: UInt32?
  /// The methods that there are, where the one of the request is none of them.
  var allowed: String?
  /// Whether there is a token, which does not hold.
  var isBadToken: Bool

  init(
    _ kind: Kind, _ detail: String, parameter: String? = nil, position: UInt64? = nil, version: UInt32? = nil,
    allowed: String? = nil, isBadToken: Bool = false
  ) {
    self.kind = kind
    self.detail = detail
    self.parameter = parameter
    self.position = position
    self.version = version
    self.allowed = allowed
    self.isBadToken = isBadToken
  }

  /// What a ledger could not do; `usage` is the parameter that a complaint about the question means.
  ///
  /// What concerns files of this machine stays in the log of the server.
  init(_ error: LedgerError, usage: String? = nil) {
    switch error {
    case .notFound: self.init(.notFound, error.message)
    case .usage: self.init(.badParameter, error.message, parameter: usage)
    case .evidence: self.init(.evidence, error.message)
    case .ambiguous: self.init(.badRequest, error.message)
    case .noLedger, .unreadable, .storage, .diskFull, .damaged, .damagedViews, .readOnly:
      self.init(
        .failed,
        "the ledger could not be read or written; the log of the server says why, by the id of this request")
    }
  }

  /// The status that goes with the kind.
  var status: HTTPResponse.Status {
    switch kind {
    case .badParameter, .badRequest: .badRequest
    case .unauthenticated: .unauthorized
    case .forbidden: .forbidden
    case .notFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .unknownMethod: .notImplemented
    case .evidence, .conflict, .refused: .conflict
    case .wrongVersion: .preconditionFailed
    case .unsupportedType: .unsupportedMediaType
    case .bodyTooLarge: .contentTooLarge
    case .addressTooLong: .uriTooLong
    case .wrongHost: .misdirectedRequest
    case .failed: .internalServerError
    case .busy, .notReady: .serviceUnavailable
    }
  }

  /// A short summary of the kind, the same for all problems of it.
  var title: String {
    switch kind {
    case .badParameter: "A parameter is wrong"
    case .badRequest: "The request is wrong"
    case .unauthenticated: "Nobody is signed in"
    case .forbidden: "The role does not allow this"
    case .notFound: "There is no such thing"
    case .methodNotAllowed: "The method does not work here"
    case .unknownMethod: "There is no such method"
    case .conflict: "The same was there with other content"
    case .refused: "A rule refuses this"
    case .wrongVersion: "The workload has another version"
    case .unsupportedType: "The body has another type"
    case .evidence: "The evidence does not hold"
    case .bodyTooLarge: "The body is too large"
    case .addressTooLong: "The address is too long"
    case .wrongHost: "The request is for another host"
    case .failed: "The server failed"
    case .busy: "The server is busy"
    case .notReady: "The views lag behind the log"
    }
  }

  /// What the header says beside the document.
  var headers: HTTPFields {
    switch kind {
    case .methodNotAllowed: [.allow: allowed ?? ""]
    case .unauthenticated:
      // RFC 6750 section 3.1
      [.wwwAuthenticate: isBadToken ? "Bearer error=\"invalid_token\"" : "Bearer"]
    case .wrongVersion: version.map { [.eTag: "\"\($0)\""] } ?? [:]
    case .busy, .notReady: [.retryAfter: "1"]
    default: [:]
    }
  }

  /// The document: `application/problem+json`.
  func response(requestID: String) -> Response {
    var json = JSONWriter()
    json.object {
      $0.field("type", "https://workledger.example/problems/" + kind.rawValue)
      $0.field("title", title)
      $0.field("status", status.code)
      $0.field("detail", detail)
      $0.field("parameter", parameter)
      $0.field("position", position)
      $0.field("version", version)
      $0.field("requestId", requestID)
    }
    json.newline()
    return Response(status: status, type: "application/problem+json", json.text, more: headers)
  }
}

extension Response {
  /// A response with a body of a media type.
  init(status: HTTPResponse.Status = .ok, type: String, _ text: borrowing TextBuffer, more: HTTPFields = [:])
  {
    self.init(status: status, type: type, body: text.withUnsafeBytes { ByteBuffer(bytes: $0) }, more: more)
  }

  /// A response with a body of a media type.
  init(status: HTTPResponse.Status = .ok, type: String, bytes: [UInt8], more: HTTPFields = [:]) {
    self.init(status: status, type: type, body: ByteBuffer(bytes: bytes), more: more)
  }

  private init(status: HTTPResponse.Status, type: String, body: ByteBuffer, more: HTTPFields) {
    var headers = more
    headers[.contentType] = type
    headers[.contentLength] = String(body.readableBytes)
    self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
  }
}
