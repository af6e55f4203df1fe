import LedgerTestSupport
import Testing
import WorkloadModel

struct `A text buffer` {
  @Test func `has what was appended, in its order, however often it grew`() {
    var random = SeededRandom(seed: testSeed())
    var text = TextBuffer()
    var expected: [UInt8] = []
    for _ in 0..<2000 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        let byte = UInt8.random(in: 0...255, using: &random)
        text.append(byte)
        expected.append(byte)
      case 1:
        let width = Int64.random(in: 0..<64, using: &random)
        let number = Int64.random(in: .min ... .max, using: &random) >> width
        text.append(decimal: number)
        expected += Array(String(number).utf8)
      case 2:
        let part = String(repeating: "å", count: Int.random(in: 0..<40, using: &random))
        text.append(part)
        expected += Array(part.utf8)
      default:
        let id = WorkloadID(
          high: .random(in: 0 ... .max, using: &random), low: .random(in: 0 ... .max, using: &random))
        id.write(to: &text)
        expected += Array(plainText(of: id).utf8)
      }
    }
    #expect(text.array == expected)
    #expect(text.count == expected.count)
    text.removeAll()
    #expect(text.array.isEmpty)
  }

  @Test(arguments: [0, 9, 10, 99, 100, 101, 999, 1000, 65_535, Int64.max, -1, -10, Int64.min])
  func `writes a whole number as it is written elsewhere`(number: Int64) {
    var text = TextBuffer()
    text.append(decimal: number)
    #expect(text.string == String(number))
  }

  @Test func `writes the largest number`() {
    var text = TextBuffer()
    text.append(decimal: UInt64.max)
    #expect(text.string == "18446744073709551615")
  }

  @Test func `has an id of every hexadecimal digit in every place`() {
    for digit in UInt64(0)..<16 {
      let repeated = digit * 0x1111_1111_1111_1111
      let id = WorkloadID(high: repeated, low: repeated)
      #expect(id.description == plainText(of: id))
    }
    #expect(
      WorkloadID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210).description
        == "01234567-89ab-cdef-fedc-ba9876543210")
  }

  /// The same by the standard library.
  private func plainText(of id: WorkloadID) -> String {
    func digits(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    var text = digits(id.high) + digits(id.low)
    for place in [20, 16, 12, 8] { text.insert("-", at: text.index(text.startIndex, offsetBy: place)) }
    return text
  }
}
