import NIOCore
import NIOEmbedded
import Testing

@testable import LedgerServer

struct `A deadline` {
  @Test func `passes once, after the time that was set last`() {
    let loop = EmbeddedEventLoop()
    var count = 0
    let deadline = Deadline(on: loop) { count += 1 }
    deadline.set(in: .seconds(30))
    loop.advanceTime(by: .seconds(20))
    deadline.set(in: .seconds(30))
    loop.advanceTime(by: .seconds(29))
    #expect(count == 0)
    loop.advanceTime(by: .seconds(1))
    #expect(count == 1)
    loop.advanceTime(by: .hours(1))
    #expect(count == 1)
    deadline.set(in: .seconds(30))
    loop.advanceTime(by: .seconds(30))
    #expect(count == 2)
  }

  @Test func `does not pass when it was met, and counts anew from the next time`() {
    let loop = EmbeddedEventLoop()
    var count = 0
    let deadline = Deadline(on: loop) { count += 1 }
    deadline.set(in: .seconds(30))
    loop.advanceTime(by: .seconds(10))
    deadline.clear()
    loop.advanceTime(by: .seconds(10))
    deadline.set(in: .seconds(30))
    loop.advanceTime(by: .seconds(29))
    #expect(count == 0)
    loop.advanceTime(by: .seconds(1))
    #expect(count == 1)
  }

  @Test func `never passes on a connection that is over`() {
    let loop = EmbeddedEventLoop()
    var count = 0
    let deadline = Deadline(on: loop) { count += 1 }
    deadline.set(in: .seconds(30))
    deadline.cancel()
    loop.advanceTime(by: .hours(1))
    #expect(count == 0)
  }
}
