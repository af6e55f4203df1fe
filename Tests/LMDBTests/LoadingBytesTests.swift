import LMDB
import Testing

struct `Bytes of a span` {
  @Test func `load as little-endian numbers at any offset`() {
    let bytes: [UInt8] = [0xEE, 1, 2, 3, 4, 5, 6, 7, 0x88]
    let span = bytes.span.bytes
    #expect(span.u8(at: 0) == 0xEE)
    #expect(span.u16(at: 1) == 0x0201)
    #expect(span.u32(at: 1) == 0x0403_0201)
    #expect(span.u48(at: 1) == 0x0605_0403_0201)
    #expect(span.u64(at: 1) == 0x8807_0605_0403_0201)
    #expect(span.i64(at: 1) == Int64(bitPattern: 0x8807_0605_0403_0201))
    #expect(span.loadLE(1, as: Int16.self) == 0x0201)
  }

  @Test(arguments: [-1, 2]) func `stop the program beyond the end`(offset: Int) async {
    await #expect(processExitsWith: .failure) { [offset = offset as Int] in
      let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
      _ = bytes.span.bytes.u64(at: offset)
    }
  }
}
