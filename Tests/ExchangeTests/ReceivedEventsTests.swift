import Testing
import WorkloadModel

@testable import Exchange

struct `Events that came over the network` {
  private let start =
    #"{"specversion":"1.0","id":"1","type":"project.created","time":"2023-12-01T00:00:00Z","source":"#

  private func items(_ source: String) throws -> [ReceivedEvents.Item] {
    let text = start + "\"\(source)\"" + #","data":{"project":"p"}}"#
    return try ReceivedEvents(Array(text.utf8), .single, importer: "i", reporter: "r").items
  }

  @Test(
    arguments: [
      "urn:uuid:3d8f1d86-2c6e-4a8e-9d5b-0f5f3f1c9a10", "https://example.com/a/b?c=d/e?f#g/h", "/clusters/c1",
      "c1", "0",
      "mailto:a@b.example", "http://user:pass@[2001:db8::1]:8080/", "a+b.c-d:x", "//host", "./a:b", "%41%7e",
      "#x", "?y",
      "http://a:/", "1/2:3", "~",
    ]) func `may have any URI as their source`(_ source: String) throws
  {
    #expect(try items(source) == [.event(0)])
  }

  @Test(
    arguments: [
      "a b", "ĘÜ", "1:2", ":a", "é:x", "%", "%4", "%zz", "a#b#c", "<x>", "{a}", "a|b", "a^b", "a`b", "[::1]",
      "http://[::1",
      "http://[]/", "http://a:b/", "http://a]b/", "a[b]", "http://a\\\\b", "http://a@b@c[d]/", "\u{301}a",
      "a\u{301}",
    ]) func `may have nothing else`(_ source: String) throws
  {
    guard case .flawed(let flaw) = try items(source).first else {
      Issue.record("'\(source)' was taken")
      return
    }
    #expect(flaw.field == "source")
  }

  @Test func `are rejected for what is said of them, and the others keep their places`() throws {
    let events = ["a", "b", "c d", "e"].map { start + "\"\($0)\"" + #","data":{"project":"\#($0)"}}"# }
    let text = "[" + events.joined(separator: ",") + "]"
    var received = try ReceivedEvents(Array(text.utf8), .batch, importer: "i", reporter: "r")
    received.reject { event, batch in
      batch.name(event.project)?.text == "b" ? ReceivedEvents.Flaw(reason: "no") : nil
    }
    #expect(received.items[0] == .event(0) && received.items[3] == .event(1))
    #expect(received.items[1] == .flawed(ReceivedEvents.Flaw(reason: "no")))
    let projects = received.batch.events.map { received.batch.name($0.project)?.text }
    #expect(projects == ["a", "e"])
    #expect(received.batch.events.allSatisfy { received.batch.name($0.reporter)?.text == "r" })
  }
}
