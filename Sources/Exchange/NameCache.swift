import WorkloadModel

/// Answers again what a batch said about a name that came up lately: the same few dozen names make most of a
/// file, and comparing three words is cheaper than hashing the bytes and comparing them one by one.
struct NameCache: Sendable {
  private struct Entry: BitwiseCopyable {
    var word = Word()
    var nameClass: UInt8 = 0
    var reference = NameReference.unknown
  }

  private var entries = [Entry](repeating: Entry(), count: 1024)

  /// The place of a name in the batch's table. The bytes at `start` are followed by `ByteWindow.padding`.
  @inline(__always)
  mutating func intern(
    _ nameClass: NameClass, _ text: Span<UInt8>, _ start: Int, _ count: Int, in batch: inout EventBatch
  ) -> NameReference {
    guard count <= Word.limit else {
      return batch.intern(nameClass, text.extracting(start..<start + count))
    }
    let word = Word(text, start, count)
    let place = Int(truncatingIfNeeded: (word.hash &+ UInt64(nameClass.rawValue) &* 0x9E37_79B9) >> 54)
    let entry = entries[place]
    if entry.nameClass == nameClass.rawValue, entry.word == word { return entry.reference }
    let reference = batch.intern(nameClass, text.extracting(start..<start + count))
    entries[place] = Entry(word: word, nameClass: nameClass.rawValue, reference: reference)
    return reference
  }
}
