@_spi(_Unicode) internal import Swift

/// Names as the search compares them: full case folding on the canonical composition, so that `STRASSE` finds
/// `Straße`, and `é` is found however it was typed.
///
/// Unicode 16, section 3.13: a caseless match compares toCasefold(NFD(X)) after normalisation; lower case of
/// upper case is what full case folding does for every letter that has one.
package enum FoldedName {
  /// Appends the folded form of a name.
  package static func append(_ name: Span<UInt8>, to bytes: inout [UInt8]) {
    let start = bytes.count
    name.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    for index in start..<bytes.count {
      let byte = bytes[index]
      if byte >= 0x80 {
        bytes.removeSubrange(start...)
        let text = name.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        bytes.append(contentsOf: fold(text).utf8)
        return
      }
      if byte >= 0x41 && byte <= 0x5A { bytes[index] = byte | 0x20 }
    }
  }

  /// The folded form of a text that somebody searches for.
  package static func fold(_ text: String) -> String {
    var folded = String.UnicodeScalarView()
    for scalar in text._nfc {
      // Down first: the capital ẞ is its own upper case, and only ß becomes SS.
      for lower in scalar.properties.lowercaseMapping.unicodeScalars {
        for upper in lower.properties.uppercaseMapping.unicodeScalars {
          folded.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
        }
      }
    }
    var composed = String.UnicodeScalarView()
    composed.append(contentsOf: String(folded)._nfc)
    return String(composed)
  }
}
