/// Texts side by side in one array, so that taking one counts no references and copies no array.
struct TextTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// The texts in their order.
  init(_ texts: [String]) {
    for text in texts { append(text.utf8) }
  }

  /// How many texts.
  var count: Int { ends.count }

  /// One more text.
  mutating func append(_ text: some Sequence<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  /// Appends text `index` to `other`.
  func write(_ index: Int, to other: inout [UInt8]) {
    let start = index == 0 ? 0 : ends[index - 1]
    other.append(contentsOf: bytes[start..<ends[index]])
  }
}
