import Foundation
import Synchronization
import Testing

@testable import LedgerServer

/// Keeps what is written.
private final class Sink: Sendable {
  let written = Mutex<[[UInt8]]>([])
  var text: String { String(decoding: written.withLock { $0.joined() }, as: UTF8.self) }
}

struct `The writer of the log` {
  private let sink = Sink()
  private let writer: LogWriter

  init() { writer = LogWriter { [sink] lines in sink.written.withLock { $0.append(lines) } } }

  @Test func `writes all lines of all threads, each thread's in their order`() {
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for number in 0..<500 { writer.add(Array("\(thread) \(number)\n".utf8), isUrgent: number % 100 == 0) }
    }
    writer.flush()
    let lines = sink.text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.count == 2000)
    for thread in 0..<4 {
      let own = lines.filter { $0[0] == "\(thread)" }.map { String($0[1]) }
      #expect(own == (0..<500).map(String.init))
    }
  }

  @Test func `has written what is urgent when it returns`() {
    writer.add(Array("a\n".utf8))
    writer.add(Array("b\n".utf8), isUrgent: true)
    #expect(sink.text == "a\nb\n")
  }

  @Test func `writes by itself what nobody waits for, many lines at once`() async throws {
    for round in 1...2 {
      for _ in 0..<100 { writer.add(Array("line\n".utf8)) }
      let end = ContinuousClock.now + .seconds(30)
      while sink.text.count < round * 500, ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(sink.text.count == round * 500)
    }
    #expect(sink.written.withLock { $0.count } < 100)
  }

  @Test func `makes who writes too much wait instead of keeping it all`() {
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 19)
    for _ in 1...8 { writer.add(line) }
    #expect(sink.written.withLock { $0.joined().count } >= 6 << 19)
    writer.flush()
    #expect(sink.written.withLock { $0.joined().count } == 8 << 19)
  }
}
