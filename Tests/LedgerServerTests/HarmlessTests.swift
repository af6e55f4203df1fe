import Foundation
import HTTPTypes
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

/// Texts that somebody else chose must stay texts.
let hostileTexts = [
  "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "</bdi></title><b>",
  // To a library that goes by characters, a quote under an accent is no quote; to a browser it is.
  "\"\u{301} onmouseover=\"\u{301}alert(1)", "<\u{338}script>", "&lt;b&gt; &amp;",
  "{{project}}{{{name}}}{{>head}}",
  "\u{202E}gnp.exe", "\u{2066}x", "أحمد", "javascript:alert(1)", "${7*7}", "a\u{200B}b", "%3Cscript%3E",
  "?&=#/..",
]

struct `Every page` {
  private static func pages(named name: String) async throws -> [Answer] {
    let server = try TestServer()
    try server.append(.projectCreated, actor: name, project: name)
    try server.append(.created, TestServer.id(1), at: 1, actor: name, project: name) { event, batch in
      event.name = batch.addText(name)
      event.type = .workspace
      event.cluster = batch.intern(.cluster, name)
      event.owner = batch.intern(.user, name)
      event.url = batch.addText("https://lab.example/" + PercentCoding.encode(name))
      event.sourceID = batch.addText(name)
      event.labels = batch.addLabels([(key: name, value: name)])
    }
    try server.append(.terminated, TestServer.id(1), at: 2, actor: name, project: name) { event, batch in
      event.reason = batch.addText(name)
    }
    try server.append(.created, TestServer.id(2), at: 3, actor: name, project: name) { event, batch in
      event.name = batch.addText(name)
    }
    try server.append(.deleteRequested, TestServer.id(2), at: 4, actor: name, project: name)
    try server.append(.deleteFailed, TestServer.id(2), at: 5, actor: name, project: name) { event, batch in
      event.reason = batch.addText(name)
    }
    let list = PageAddress.workloads(of: name)
    let word = PercentCoding.encode(name)
    return [
      try await server.get("/projects"), try await server.get(list),
      try await server.get(list + "?name=\(word)&owner=\(word)&cluster=\(word)&limit=1"),
      try await server.get("/workloads/\(TestServer.id(1))"),
      try await server.get(list + "?status=\(word)", headers: [.accept: "text/html"]),
      try await server.get("/projects/\(word)x/workloads", headers: [.accept: "text/html"]),
      try await server.get(PageAddress.page(.history, of: name) + "?actor=\(word)&name=\(word)"),
      try await server.get(PageAddress.page(.deletions, of: name)),
      try await server.get(PageAddress.page(.charts, of: name)),
    ]
  }

  @Test(arguments: hostileTexts) func `is built the same, whatever the names say`(_ name: String) async throws
  {
    let plain = try await Self.pages(named: "plain")
    let hostile = try await Self.pages(named: name)
    #expect(plain.map(\.status) == [200, 200, 200, 200, 400, 404, 200, 200, 200])
    #expect(hostile.map(\.status) == plain.map(\.status))
    for (ours, theirs) in zip(plain, hostile) { #expect(try theirs.markup().tags == ours.markup().tags) }
    // The text itself is there, escaped and apart from what stands around it.
    let escaped = HTMLText().escapeText(name)
    #expect(hostile[1].body.contains("<bdi>\(escaped)</bdi>"))
    #expect(hostile[3].body.contains("<bdi>\(escaped)</bdi>"))
    #expect(hostile[6].body.contains("<bdi>\(escaped)</bdi>"))
    #expect(hostile[7].body.contains("data-label=\"Last failure\"><bdi>\(escaped)</bdi>"))
  }

  @Test(arguments: hostileTexts) func `that asks or proves is built the same, too`(_ name: String)
    async throws
  {
    var pages: [[Answer]] = []
    for name in ["plain", name] {
      let server = try TestServer { _ in .development(actor: name) }
      try server.append(.projectCreated, actor: name, project: name)
      try server.append(.created, TestServer.id(1), at: 1, actor: name, project: name) { event, batch in
        event.name = batch.addText(name)
      }
      _ = try server.ledger.checkpoint()
      let address = "/workloads/\(TestServer.id(1))"
      let word = PercentCoding.encode(name)
      let back = PercentCoding.encode("name=\(word)")
      let asked = try await server.get(address + "/delete?back=" + back)
      let done = try await server.form(address + "/delete", "reason=\(word)&back=\(back)")
      pages.append([
        asked, try await server.get(address + "/evidence"),
        try await server.get(try #require(done["Location"])),
        try await server.form(address + "/delete", "reason=\(word)&back=\(back)"),
      ])
      #expect(pages[0].map(\.status) == [200, 200, 200, 409])
    }
    for (ours, theirs) in zip(pages[0], pages[1]) { #expect(try theirs.markup().tags == ours.markup().tags) }
    let escaped = HTMLText().escapeText(name)
    #expect(pages[1][0].body.contains("Delete <bdi>\(escaped)</bdi>?"))
    #expect(pages[1][2].body.contains("Queued for deletion: <bdi>\(escaped)</bdi>"))
    #expect(pages[1][3].body.contains("name=\"reason\" value=\"\(escaped)\""))
  }

  @Test func `asks nothing of anybody else, and runs only the script of this server`() async throws {
    for page in try await Self.pages(named: "plain") {
      let policy = try #require(page["Content-Security-Policy"])
      #expect(policy.hasPrefix("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"))
      #expect(policy.contains("; script-src 'self'; ") && !policy.contains("unsafe") && !policy.contains("*"))
      #expect(page["X-Content-Type-Options"] == "nosniff")
      #expect(page["Referrer-Policy"] == "same-origin")
      #expect(page["Cache-Control"] == "no-store")
      let markup = try page.markup()
      #expect(markup.tags.filter { $0.hasPrefix("script") } == ["script type src"])
      #expect(page.body.contains("<script type=\"module\" src=\"\(Asset.script.address)\"></script>"))
      for address in markup.values("href") + markup.values("src") + markup.values("action") {
        let isOurs =
          address.hasPrefix("/") && !address.hasPrefix("//") || address == "#content" || address == "data:,"
        #expect(isOurs || address.hasPrefix("https://lab.example/"), "\(address)")
      }
      for tag in markup.tags {
        let words = tag.split(separator: " ")
        #expect(words.first != "style" && words.first != "iframe", "\(tag)")
        #expect(!words.dropFirst().contains { $0.hasPrefix("on") || $0 == "style" }, "\(tag)")
      }
    }
  }

  @Test func `can be heard and used with keys`() async throws {
    for page in try await Self.pages(named: "plain") {
      let tags = try page.markup().tags
      for once in ["main id", "/main", "title", "h1"] {
        #expect(tags.filter { $0 == once }.count == 1, "\(once)")
      }
      #expect(tags.contains("html lang"))
      #expect(tags.filter { $0 == "a class href" }.count >= 1, "a way past the head")
      // Each field stands in its label, each table has a title, each of its heads a direction.
      var isLabelled = false
      for (index, tag) in tags.enumerated() {
        if tag == "label" { isLabelled = true }
        if tag == "/label" { isLabelled = false }
        let isHidden = tag == "input type name value"
        if tag.hasPrefix("input "), !isHidden { #expect(isLabelled, "\(tag)") }
        if tag.hasPrefix("table ") { #expect(tags[index + 1].hasPrefix("caption")) }
        if tag == "th" || tag.hasPrefix("th ") { #expect(tag.contains("scope"), "\(tag)") }
      }
      // What is opened is closed.
      var open: [Substring] = []
      for tag in tags where tag != "!DOCTYPE html" {
        let name = tag.prefix { $0 != " " }
        if ["meta", "link", "input"].contains(name) { continue }
        if name.hasPrefix("/") { #expect(open.popLast() == name.dropFirst()) } else { open.append(name) }
      }
      #expect(open == [])
    }
  }

  @Test func `has colours that can be read, in light and dark`() async throws {
    let answer = try await TestServer().get("/style.css")
    #expect(answer["Content-Type"] == "text/css; charset=utf-8")
    var schemes = [[String: String]](repeating: [:], count: 2)
    for match in answer.body.matches(of: /--([a-z]+): (#[0-9a-f]+);/) {
      let scheme = schemes[0][String(match.1)] == nil ? 0 : 1
      schemes[scheme][String(match.1)] = String(match.2)
    }
    for colours in schemes {
      for name in ["text", "faint", "link", "wait", "busy", "good", "bad", "gone"] {
        for back in ["back", "soft"] {
          let ratio = contrast(try #require(colours[name]), try #require(colours[back]))
          #expect(ratio >= 4.5, "\(name) on \(back): \(ratio)")
        }
      }
    }
    #expect(!answer.body.contains("url(") && !answer.body.contains("@import"))
  }

  /// Contrast of two colours `#rgb` or `#rrggbb` (WCAG 2.2, definition of contrast ratio).
  private func contrast(_ one: String, _ other: String) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  private func luminance(_ colour: String) -> Double {
    let digits = colour.dropFirst().compactMap(\.hexDigitValue)
    let wide = digits.count == 3 ? digits.flatMap { [$0, $0] } : digits
    let parts = (0..<3).map { index -> Double in
      let value = Double(wide[2 * index] * 16 + wide[2 * index + 1]) / 255
      if value <= 0.04045 { return value / 12.92 }
      return pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
