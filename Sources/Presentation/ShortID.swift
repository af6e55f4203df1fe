package import WorkloadModel

/// Ids as people can type them: the shortest beginning, up to a hyphen, that tells a set of ids apart.
package enum ShortID {
  /// Ends of the groups of a UUID's text. Ids made within one minute share the first group (RFC 9562, version
  /// 7), those of one millisecond the first two.
  private static let lengths = [8, 13, 18, 23]

  /// The length that tells these ids apart.
  package static func length(for ids: some Collection<WorkloadID>) -> Int {
    let texts = Set(ids).map(\.description)
    let enough = lengths.first { length in Set(texts.map { $0.prefix(length) }).count == texts.count }
    return enough ?? 36
  }
}
