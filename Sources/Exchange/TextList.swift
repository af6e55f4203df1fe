/// A few texts, one behind the other: to look for one touches no memory of its own for each of them.
struct TextList: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  mutating func append(_ text: some Collection<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  var isEmpty: Bool { ends.isEmpty }

  /// The text where there is only one.
  var only: [UInt8]? { ends.count == 1 ? bytes : nil }

  func contains(_ text: Span<UInt8>) -> Bool {
    var start = 0
    for end in ends {
      if end - start == text.count, isSame(text, start) { return true }
      start = end
    }
    return false
  }

  private func isSame(_ text: Span<UInt8>, _ start: Int) -> Bool {
    for index in text.indices where bytes[start + index] != text[index] { return false }
    return true
  }
}
