import HTTPTypes
import Hummingbird
import Ledger
import Mustache

/// What a template is filled with: texts, flags, lists, and more of the same.
typealias PageValues = [String: Any]

/// Fills templates.
enum PageRenderer {
  /// What a page may do: use the style sheet and the script of this server, ask this server, send its forms there. No
  /// frames, nothing inline, nothing from elsewhere; the empty icon is a `data:` address.
  static let policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    + "base-uri 'none'; frame-ancestors 'none'"

  /// A page of one of the templates.
  static func page(
    _ template: String, _ values: PageValues, status: HTTPResponse.Status = .ok, more: HTTPFields = [:]
  ) -> Response {
    guard let text = library.render(values, withTemplate: template) else {
      preconditionFailure("there is no template \(template)")
    }
    var headers = more
    headers[.contentSecurityPolicy] = policy
    return Response(status: status, type: "text/html; charset=utf-8", bytes: Array(text.utf8), more: headers)
  }

  /// Who looks at a page: for its head, and for its forms.
  static func viewer(_ context: ServerContext, _ forgeryGuard: ForgeryGuard, _ authenticator: Authenticator)
    -> PageValues
  {
    guard let role = context.identity.role else { return [:] }
    var values: PageValues = ["csrf": context.ambient.map(forgeryGuard.code(of:)) ?? ""]
    switch authenticator {
    case .development(let actor): values["isDevelopment"] = ["user": actor]
    case .tokens: values["viewer"] = ["name": context.identity.actor, "role": role.word]
    }
    return values
  }

  private static let templates: [(name: String, text: String)] = [
    ("head", LayoutTemplates.head), ("foot", LayoutTemplates.foot), ("past", LayoutTemplates.past),
    ("notice", LayoutTemplates.notice), ("tabs", LayoutTemplates.tabs),
    ("problem", LayoutTemplates.problem), ("signIn", SignInTemplates.signIn),
    ("projects", LayoutTemplates.projects),
    ("list", ListTemplates.list), ("filters", ListTemplates.filters), ("moment", ListTemplates.moment),
    ("slider", SliderTemplates.slider),
    ("details", DetailsTemplates.details), ("delete", DeleteTemplates.delete),
    ("evidence", EvidenceTemplates.evidence),
    ("history", HistoryTemplates.history), ("deletions", DeletionsTemplates.deletions),
    ("charts", ChartTemplates.charts), ("chart", ChartTemplates.chart),
  ]

  private static let library: MustacheLibrary = {
    MustacheContentTypes.register(HTMLText(), named: "HTMLText")
    var library = MustacheLibrary()
    for (name, text) in templates {
      do { try library.register("{{% CONTENT_TYPE:HTMLText}}" + text, named: name) } catch {
        preconditionFailure("the template \(name) can't be read: \(error)")
      }
    }
    return library
  }()
}

/// Escapes texts for HTML, between tags and in quoted attributes.
///
/// Byte by byte: the library's own way goes by characters, and a quote with a combining accent behind it is another
/// character than a quote, which browsers do not see.
struct HTMLText: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "\""): bytes += "&quot;".utf8
      case UInt8(ascii: "'"): bytes += "&#39;".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
