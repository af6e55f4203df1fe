import HTTPTypes
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

struct `The page` {
  private static let list = "/projects/vision/workloads"

  private static func server() throws -> TestServer {
    let server = try TestServer()
    try server.create(1, "bert")
    try server.append(.started, TestServer.id(1), at: 10)
    try server.create(2, "lab", .workspace, at: 2, url: "https://lab.example/x?a=1&b=2")
    try server.create(3, "old", .evaluation, at: 3)
    try server.append(.deleteRequested, TestServer.id(3), at: 20)
    try server.append(.deleted, TestServer.id(3), at: 30)
    return server
  }

  @Test func `begins at the only project, or with a choice`() async throws {
    let server = try TestServer()
    let only = try await server.get("/")
    #expect(only.status == 303)
    #expect(only["Location"] == Self.list)
    #expect(try await server.get("/projects").link("<bdi>vision") == Self.list)
    try server.append(.projectCreated, project: "a/b")
    let choice = try await server.get("/")
    #expect(choice.status == 200)
    #expect(choice.body.contains("<h1>Choose a project</h1>"))
    #expect(choice.link("<bdi>a/b") == "/projects/a%2Fb/workloads")
    #expect(try await server.get("/projects/a%2Fb/workloads").body.contains("No workloads"))
  }

  @Test func `shows the workloads that are not deleted, with all columns`() async throws {
    let page = try await Self.server().get(Self.list)
    #expect(page.status == 200)
    #expect(page["Content-Type"] == "text/html; charset=utf-8")
    #expect(page.names == ["lab", "bert"])
    for text in [
      "<strong id=\"total\">2 workloads</strong>",
      "<time id=\"read-at\" datetime=\"2023-11-14T22:30:00Z\">2023-11-14 22:30:00</time>",
      "<td data-label=\"Type\">Training</td>", "<span class=\"status busy\">Running</span>",
      "<td data-label=\"Cluster\"><bdi>c1</bdi></td>", "<td data-label=\"Owner\"><bdi>alice</bdi></td>",
      "<td data-label=\"CPU\" class=\"number\">4</td>", "<td data-label=\"Memory\" class=\"number\">8Gi</td>",
      "<td data-label=\"GPUs\" class=\"number\">0.5</td>", "2023-11-14 22:13:21",
      // From the start ten seconds in to the moment of the question.
      "<td data-label=\"Run time\" class=\"number\">16m30s</td>",
    ] { #expect(page.body.contains(text), "\(text)") }
    #expect(page.link("Refresh") == Self.list)
  }

  @Test(
    arguments: [
      ("?all=true", ["old", "lab", "bert"]), ("?status=Deleted", ["old"]),
      ("?type=Training&name=BE", ["bert"]),
      ("?name=&owner=&cluster=&asOf=&at=", ["lab", "bert"]), ("?type=Workspace&type=Evaluation", ["lab"]),
      ("?name=zzz", []), ("?asOf=3", []), ("?asOf=1", []), ("?at=2023-11-14T22:13:21Z", ["bert"]),
    ] as [(String, [String])])
  func `has its filters in the address and in the form`(_ query: String, _ names: [String]) async throws {
    let page = try await Self.server().get(Self.list + query)
    #expect(page.status == 200, "\(page.body)")
    #expect(page.names == names)
    let markup = try page.markup()
    let checked = markup.tags.filter { $0.hasSuffix(" checked") }.count
    #expect(checked == query.matches(of: /(type|status|all)=/).count)
    // A form that is sent as it stands asks the same.
    if let match = query.firstMatch(of: /name=([^&]+)/) {
      #expect(markup.values("value").contains(String(match.1)))
    }
    if names.isEmpty { #expect(page.body.contains("None match")) }
  }

  @Test func `its pages follow one another and lead back to the first`() async throws {
    let server = try TestServer()
    for number in 1...5 { try server.create(number, "job \(number)", at: Int64(number)) }
    var address = Self.list + "?limit=2&name=job"
    var names: [String] = []
    for number in 1...3 {
      let page = try await server.get(address)
      names += page.names
      #expect(page.body.contains(number == 3 ? ">1 of 5 workloads<" : ">2 of 5 workloads<"))
      #expect(page.link("First page") == (number == 1 ? nil : Self.list + "?name=job&limit=2"))
      #expect((page.link("Next page") == nil) == (number == 3))
      if let next = page.link("Next page") { address = next }
    }
    #expect(names == (1...5).reversed().map { "job \($0)" })
  }

  @Test func `looks back, and keeps the moment on every way but one`() async throws {
    let server = try Self.server()
    let position = try server.ledger.lastPosition()
    try server.create(9, "later", at: 200)
    let page = try await server.get(Self.list + "?asOf=\(position)&limit=1")
    #expect(page.names == ["lab"])
    #expect(page.body.contains("This is the past: as the ledger knew it at position \(position)."))
    #expect(page.link("Back to now") == Self.list + "?limit=1")
    #expect(page.link("Next page")?.contains("asOf=\(position)") == true)
    let next = try await server.get(try #require(page.link("Next page")))
    #expect(next.names == ["bert"])
    let details = try await server.get(try #require(next.link("<bdi>bert")))
    #expect(details.body.contains("This is the past"))
    let before = try await server.get("/workloads/\(TestServer.id(1))?at=2023-11-14T22:13:25Z")
    #expect(before.body.contains("<span class=\"status wait\">Added</span>"))
    #expect(before.body.contains("what was true at 2023-11-14T22:13:25Z"))
    #expect(before.link("Back to now") == "/workloads/\(TestServer.id(1))")
    #expect(try before.markup().values("value").contains("2023-11-14T22:13:25Z"))
  }

  @Test func `has a slider that stands at the moment and keeps the filters`() async throws {
    let server = try Self.server()
    let last = try server.ledger.lastPosition()
    let now = try await server.get(Self.list + "?owner=alice&type=Training")
    #expect(
      now.body.contains(
        "min=\"1\" max=\"\(last)\" value=\"\(last)\" aria-valuetext=\"Now, position \(last)\""))
    #expect(now.body.contains("<input type=\"hidden\" name=\"owner\" value=\"alice\">"))
    #expect(now.body.contains("<input type=\"hidden\" name=\"type\" value=\"Training\">"))
    let past = try await server.get(Self.list + "?asOf=\(last - 1)")
    let text = "2023-11-14 22:13:40, position \(last - 1)"
    #expect(past.body.contains("value=\"\(last - 1)\" aria-valuetext=\"\(text)\""))
    #expect(past.body.contains("<output>\(text)</output>"))
    // A time stands where the ledger was then.
    let time = try await server.get(Self.list + "?asOf=2023-11-14T22:13:45Z&limit=7")
    #expect(time.body.contains("value=\"\(last - 1)\" aria-valuetext=\"2023-11-14 22:13:45,"))
    #expect(time.body.contains("<input type=\"hidden\" name=\"limit\" value=\"7\">"))
  }

  @Test func `gives its script, made of all its files`() async throws {
    let answer = try await TestServer().get("/app.js")
    #expect(answer["Content-Type"] == "text/javascript; charset=utf-8")
    for name in ["fetchPage", "prepareMenus", "askInDialog", "startSlider", "startLive", "startAudit"] {
      #expect(answer.body.contains("function \(name)("))
    }
    #expect(!answer.body.contains("eval(") && !answer.body.contains("innerHTML"))
  }

  @Test func `has browsers keep style and script for good, by a version in their addresses`() async throws {
    let server = try TestServer()
    let page = try await server.get("/projects")
    var versions: Set<Substring> = []
    for (path, attribute) in [("/style.css", "href"), ("/app.js", "src")] {
      let address = try #require(page.markup().values(attribute).first { $0.hasPrefix(path) })
      let plain = try await server.get(path)
      versions.insert(try #require(address.wholeMatch(of: /.*\?v=([0-9a-f]{16})/)).1)
      let kept = try await server.get(address)
      #expect(kept.bytes == plain.bytes && kept["Content-Type"] == plain["Content-Type"])
      #expect(kept["Cache-Control"] == "public, max-age=31536000, immutable")
      // What a page of another program asks for must not be kept under its address.
      for other in [path, path + "?v=0123456789abcdef"] {
        let answer = try await server.get(other)
        #expect(answer.bytes == plain.bytes && answer["Cache-Control"] == "private, max-age=600", "\(other)")
      }
      #expect(try await server.get(path + "?w=1").status == 400)
    }
    #expect(versions.count == 2, "another text has another version")
  }

  @Test func `shows all of one workload`() async throws {
    let page = try await Self.server().get("/workloads/\(TestServer.id(3))")
    for text in [
      "<bdi>old</bdi> <span class=\"status gone\">Deleted</span>",
      "<dt>ID</dt><dd><bdi>\(TestServer.id(3))</bdi>",
      "<dt>Created by</dt><dd><bdi>alice</bdi></dd>",
      "<dt>Since</dt><dd><bdi>2023-11-14 22:13:50</bdi></dd>",
      "<dt>Created</dt><dd><time datetime=\"2023-11-14T22:13:23Z\">2023-11-14 22:13:23</time> by <bdi>alice</bdi>, "
        + "reported by <bdi>alice@node</bdi></dd>",
      "<dt>Deleted</dt><dd><time datetime=\"2023-11-14T22:13:50Z\">",
      "<th scope=\"row\" data-label=\"Event\">delete requested</th>",
    ] { #expect(page.body.contains(text), "\(text)") }
    #expect(page.link("<bdi>vision") == Self.list)
  }

  @Test func `its bar is whole, and shows every status`() async throws {
    let page = try await Self.server().get("/workloads/\(TestServer.id(3))")
    let rects = page.body.matches(of: /<rect x="([0-9]+)" y="0" width="([0-9]+)"/)
    let parts = rects.compactMap { match in Int(match.1).flatMap { x in Int(match.2).map { (x, $0) } } }
    #expect(parts.count == 2, "Added, Delete Requested; what is deleted has ended")
    var end = 0
    for (start, width) in parts {
      #expect(start == end && width >= 4)
      end = start + width
    }
    #expect(end == 1000)
    #expect(page.body.contains("<span class=\"status wait\">Added</span> 17s"))
  }

  @Test(
    arguments: [
      (WorkloadType.workspace, "https://lab.example/x?a=1&b=2", true),
      (.workspace, "http://lab.example", true),
      (.workspace, "", false), (.workspace, "javascript:alert(1)", false),
      (.workspace, "//lab.example", false),
      (.workspace, "data:text/html,x", false), (.workspace, "https://a b", false),
      (.workspace, "https://a\"onclick=x", false), (.training, "https://lab.example", false),
    ])
  func `only a workspace is opened, and only where a browser may go`(
    _ type: WorkloadType, _ url: String, _ isOpened: Bool
  ) async throws {
    let server = try TestServer()
    try server.create(1, "lab", type, url: url)
    for address in [Self.list, "/workloads/\(TestServer.id(1))"] {
      let page = try await server.get(address)
      #expect(page.link("Open Workspace") == (isOpened ? url : nil))
      let isSafe = page.body.contains("target=\"_blank\" rel=\"noopener noreferrer\"")
      #expect(isSafe == isOpened)
    }
  }

  @Test func `what is wrong is a page for a browser, and a document for others`() async throws {
    let server = try TestServer()
    let browser: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]
    for (address, status) in [
      ("/projects/nope/workloads", 404), ("/projects/vision/workloads?status=foo", 400), ("/nothing", 404),
      ("/workloads/x", 400), ("/projects/vision/workloads?frob=%3Cb%3E", 400),
    ] {
      let page = try await server.get(address, headers: browser)
      #expect(page.status == status)
      #expect(page["Content-Type"] == "text/html; charset=utf-8")
      _ = try page.markup()
      #expect(try await server.get(address)["Content-Type"] == "application/problem+json")
    }
    let api = try await server.get("/api/v1/nothing", headers: browser)
    #expect(api["Content-Type"] == "application/problem+json")
  }
}
