import LMDB
import LedgerTestSupport
import ReadModels
import Testing
import WorkloadModel

struct `A chunk of a bitmap` {
  @Test func `holds exactly the bits that were set, in its one form`() {
    var random = SeededRandom(seed: testSeed())
    for round in 0..<testRounds(200) {
      var bits: Set<Int> = []
      let count = [0, 1, 5, 511, 512, 513, 3000, 8192][round % 8]
      while bits.count < count { bits.insert(random.below(BitmapChunk.bitCount)) }
      var words = [UInt64](repeating: 0, count: 256)
      for bit in bits { words[128 + bit / 64] |= 1 << UInt64(bit % 64) }
      var writer = ByteWriter(capacity: 2048)
      BitmapChunk.write(words, from: 128, to: &writer)
      #expect(writer.count == (count < 512 ? 2 * count : 1024))
      var read = [UInt64](repeating: 0, count: 256)
      read[0] = 1
      BitmapChunk.union(writer.bytes, into: &read, at: 0)
      let found = (0..<8192).filter { read[$0 / 64] & 1 << UInt64($0 % 64) != 0 }
      #expect(Set(found) == bits.union([0]), "it adds to what is there")
      #expect(read[128...].allSatisfy { $0 == 0 })

      let others = (0..<128).map { _ in random.oneIn(3) ? 0 : random.next() & random.next() }
      var kept = others + words[..<128]
      let isAny = BitmapChunk.intersect(writer.bytes, with: &kept)
      #expect(kept[..<128].elementsEqual(zip(others, words[128...]).map { $0 & $1 }))
      #expect(isAny == kept[..<128].contains { $0 != 0 })
    }
  }

  @Test func `never stops the program, whatever its bytes`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<500 {
      let bytes = random.bytes(random.below(1100))
      var words = [UInt64](repeating: 0, count: 128)
      BitmapChunk.union(bytes.span.bytes, into: &words, at: 0)
      _ = BitmapChunk.intersect(bytes.span.bytes, with: &words)
    }
  }
}

struct `A matrix of counts` {
  @Test func `gives the total of any types and statuses, and comes back from its bytes`() throws {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(300) {
      var matrix = CountMatrix()
      var cells: [Int: Int64] = [:]
      for _ in 0..<random.below(40) {
        let cell = CountMatrix.cell(
          random.oneIn(8) ? nil : random.pick(WorkloadType.allCases), random.pick(WorkloadStatus.allCases))
        let amount = Int64(random.below(1 << random.below(30)))
        matrix.add(amount, to: cell)
        cells[cell, default: 0] += amount
      }
      var writer = ByteWriter(capacity: 2048)
      matrix.write(to: &writer)
      guard let read = CountMatrix(writer.bytes) else {
        Issue.record("it can't be read")
        continue
      }
      #expect(read.cells == matrix.cells)
      for _ in 0..<20 {
        let (types, statuses) = (UInt16(random.below(256)), UInt16(random.below(1024)))
        let expected = cells.filter {
          types & 1 << UInt16($0.key / 10) != 0 && statuses & 1 << UInt16($0.key % 10) != 0
        }
        #expect(read.total(types: types, statuses: statuses) == Int(expected.values.reduce(0, +)))
      }
    }
  }

  @Test func `never stops the program, whatever its bytes`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<5000 {
      let bytes = random.bytes(random.below(60))
      if let matrix = CountMatrix(bytes.span.bytes) { _ = matrix.cells }
    }
  }
}

struct `A row` {
  @Test func `comes back from its bytes, and no other number of bytes is one`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<500 {
      func name() -> NameNumber { NameNumber(rawValue: UInt32.random(in: 0...(.max), using: &random)) }
      func time() -> Timestamp { Timestamp(microseconds: Int64(bitPattern: random.next())) }
      let creation = WorkloadFact.Creation(
        project: name(), cluster: name(), owner: name(), type: random.pick(WorkloadType.allCases + [nil]),
        resources: Resources(cpuMillicores: 1, memoryBytes: .max, gpuMilli: 3))
      var state = WorkloadState(
        created: WorkloadFact(.created, position: 77, occurredAt: time(), actor: name()), creation)
      state.run = random.pick(Run.allCases)
      state.deletion = random.pick(Deletion.allCases)
      state.contact = random.pick(Contact.allCases)
      (state.attempt, state.version, state.deletionAttempts) = (name().rawValue, name().rawValue, 9)
      (state.queuedAt, state.startedAt, state.finishedAt) = (time(), time(), .unknown)
      (state.deleteRequestedAt, state.deletedAt, state.statusSince) = (time(), time(), time())
      (state.deleteRequestedBy, state.deletedBy) = (name(), name())
      (state.reasonPosition, state.lastPosition) = (random.next() >> 16, random.next() >> 16)
      var row = Row(state: state, ordinal: name().rawValue)
      row.contentFilter = random.next()
      var writer = ByteWriter(capacity: 256)
      row.write(to: &writer)
      #expect(writer.count == Row.byteCount)
      let read = Row(writer.bytes, stream: 77)
      #expect("\(read.map { "\($0)" } ?? "none")" == "\(row)")
      let cut = Row(writer.bytes.extracting(0..<Row.byteCount - 1), stream: 77)
      #expect(cut == nil)
    }
  }
}
