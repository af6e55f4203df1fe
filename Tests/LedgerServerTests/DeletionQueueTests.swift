import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

struct `The page of the deletion queue` {
  private static let page = "/projects/vision/deletions"

  private static func ask(_ server: TestServer, _ number: Int, at seconds: Int64, by actor: String = "alice")
    throws
  {
    try server.append(.deleteRequested, TestServer.id(number), at: seconds, actor: actor)
  }

  private static func fail(_ server: TestServer, _ number: Int, at seconds: Int64, _ reason: String) throws {
    try server.append(.deleteFailed, TestServer.id(number), at: seconds) { event, batch in
      event.reason = batch.addText(reason)
    }
  }

  @Test func `shows who waits the longest first, and why it failed last`() async throws {
    let server = try TestServer()
    try server.append(.memberAdded) { event, batch in event.owner = batch.intern(.user, "bob") }
    for number in 1...4 { try server.create(number, "job \(number)", at: Int64(number)) }
    try Self.ask(server, 3, at: 100, by: "bob")
    try Self.ask(server, 1, at: 160)
    try Self.fail(server, 1, at: 170, "disk is busy")
    try Self.fail(server, 3, at: 180, "no answer")
    try Self.ask(server, 3, at: 200, by: "alice")
    try Self.ask(server, 4, at: 300)
    let page = try await server.get(Self.page)
    #expect(page.names == ["job 1", "job 3", "job 4"])
    #expect(Self.cells(page, "Requested by") == ["alice", "alice", "alice"])
    #expect(Self.cells(page, "Age") == ["14m", "13m20s", "11m40s"])
    #expect(Self.cells(page, "Requests") == ["1", "2", "1"])
    // The second was asked for again, and its failure is still told.
    #expect(
      Self.cells(page, "Last failure") == [
        "disk is busy 2023-11-14 22:16:10", "no answer 2023-11-14 22:16:20", "",
      ])
    #expect(page.body.contains("<strong>3 workloads</strong>"))
    #expect(page.body.contains("<span class=\"status bad\">Delete Failed</span>"))
    #expect(page.link("<bdi>job 3") == "/workloads/\(TestServer.id(3))")
  }

  @Test func `says when it is empty, and how many there are when they are too many`() async throws {
    let server = try TestServer()
    let empty = try await server.get(Self.page)
    #expect(empty.body.contains("Nothing waits for its deletion") && !empty.body.contains("<table"))
    for number in 1...DeletionsPage.limit + 1 {
      try server.create(number, "job \(number)", at: Int64(number))
      try Self.ask(server, number, at: 300)
    }
    let page = try await server.get(Self.page)
    #expect(page.names.count == DeletionsPage.limit && page.names.first == "job 1")
    #expect(page.body.contains("The oldest 200 of 201 workloads"))
    let all = try await server.get(try #require(page.link("All of them")))
    #expect(all.body.contains("50 of 201 workloads"))
  }

  /// The texts of a column, row by row.
  private static func cells(_ page: Answer, _ label: String) -> [String] {
    page.body.split(separator: "<tr>").dropFirst(2).compactMap { row in
      let parts = row.split(separator: "data-label=\"\(label)\"", maxSplits: 1)
      guard parts.count == 2,
        let cell = parts[1].split(separator: "</td>", omittingEmptySubsequences: false).first
      else { return nil }
      let text = cell.drop { $0 != ">" }.dropFirst().replacing(/<[^>]*>/, with: "")
      return text.split(separator: " ").joined(separator: " ")
    }
  }
}
