import Testing

/// A page taken apart, as far as tests ask: it must be written as plainly as ours are.
struct PageMarkup {
  /// The tags in order, each with the names of its attributes: `a href rel`.
  private(set) var tags: [String] = []
  /// The values of attributes, as `name=value`, with escapes.
  private(set) var attributes: [String] = []
  /// What stands between tags, with escapes.
  private(set) var texts: [String] = []

  init(_ text: String) throws {
    var rest = text[...]
    while let open = rest.firstIndex(of: "<") {
      texts.append(String(rest[..<open]))
      let close = try #require(rest[open...].firstIndex(of: ">"))
      add(rest[rest.index(after: open)..<close])
      rest = rest[rest.index(after: close)...]
    }
    texts.append(String(rest))
  }

  private mutating func add(_ tag: Substring) {
    var names: [String] = [String(tag.prefix { !$0.isWhitespace })]
    var rest = tag.dropFirst(names[0].count)
    while let match = rest.firstMatch(of: /^\s+([^\s="<>]+)(?:="([^"<>]*)")?/) {
      names.append(String(match.1))
      if let value = match.2 { attributes.append("\(match.1)=\(value)") }
      rest = rest[match.range.upperBound...]
    }
    if !rest.isEmpty { Issue.record("the tag <\(tag)> goes on with '\(rest)'") }
    tags.append(names.joined(separator: " "))
  }

  /// The values of all attributes of a name.
  func values(_ name: String) -> [String] {
    attributes.filter { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }
}

extension Answer {
  /// The page taken apart.
  func markup() throws -> PageMarkup { try PageMarkup(body) }

  /// The address of the first link whose text begins so; nil where there is none.
  func link(_ text: String) -> String? {
    let pattern = try? Regex("<a[^>]*href=\"([^\"]*)\"[^>]*>" + text)
    guard let pattern, let match = try? pattern.firstMatch(in: body) else { return nil }
    return match.output[1].substring.map { String($0).replacing("&amp;", with: "&") }
  }

  /// The names of the workloads in the rows of the table.
  var names: [String] {
    body.matches(of: /<th scope="row"><a href="[^"]*"><bdi>([^<]*)<\/bdi>/).map { String($0.1) }
  }
}
