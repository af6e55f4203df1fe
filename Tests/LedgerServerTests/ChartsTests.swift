import Ledger
import Presentation
import Testing
import WorkloadModel

@testable import LedgerServer

struct `Numbers of a project over time` {
  private static let api = "/api/v1/projects/vision/statistics"
  private static let page = "/projects/vision/charts"

  /// bert runs for 200 seconds with half a GPU, lab waits.
  private static func server() throws -> TestServer {
    let server = try TestServer()
    try server.create(1, "bert", at: 10)
    try server.append(.started, TestServer.id(1), at: 40)
    try server.append(.completed, TestServer.id(1), at: 240)
    try server.create(2, "lab", .workspace, at: 20)
    return server
  }

  @Test func `are told bucket by bucket`() async throws {
    let server = try Self.server()
    let answer = try await server.get(Self.api + "?since=2023-11-14T21:30:00Z&until=2023-11-14T23:00:00Z")
    #expect(answer.status == 200, "\(answer.body)")
    // The tests' time is 22:13:20, and 22:30:00 is now.
    #expect(
      answer.body == """
        {"project":"vision","since":"2023-11-14T21:30:00Z","until":"2023-11-14T22:30:00Z","bucketSeconds":3600,\
        "position":11,"buckets":[\
        {"start":"2023-11-14T21:30:00Z","end":"2023-11-14T22:00:00Z","created":0,"started":0,"completed":0,\
        "failed":0,"terminated":0,"deleted":0,"running":0,"waiting":0,"cpuHours":0,"gpuHours":0},\
        {"start":"2023-11-14T22:00:00Z","end":"2023-11-14T22:30:00Z","created":2,"started":1,"completed":1,\
        "failed":0,"terminated":0,"deleted":0,"running":0,"waiting":1,"waitSeconds":{"p50":30,"p95":30},\
        "cpuHours":0.222,"gpuHours":0.028}]}

        """)
  }

  @Test(
    arguments: [
      ("", "2023-10-15T22:30:00Z", "2023-11-14T22:30:00Z"),
      ("?until=2023-11-10", "2023-10-11T00:00:00Z", "2023-11-10T00:00:00Z"),
      ("?since=2023-11-10", "2023-11-10T00:00:00Z", "2023-11-14T22:30:00Z"),
    ])
  func `cover thirty days up to now where nothing else is said`(
    _ query: String, _ since: String, _ until: String
  ) async throws {
    let json = try await Self.server().get(Self.api + query).json()
    #expect(json["since"] as? String == since)
    #expect(json["until"] as? String == until)
  }

  @Test func `are refused for a span that is none, and for a project that is not there`() async throws {
    let server = try Self.server()
    let wrong = try await server.get(Self.api + "?since=2023-11-14&until=2023-11-13")
    #expect(wrong.status == 400)
    #expect(try wrong.json()["parameter"] as? String == "since")
    #expect(try await server.get("/api/v1/projects/nope/statistics").status == 404)
    #expect(try await server.get(Self.page + "?days=0").status == 400)
  }

  // MARK: The page

  @Test func `are drawn, described, and written beside it`() async throws {
    let page = try await Self.server().get(Self.page + "?days=1")
    #expect(page.body.contains("by the hour"))
    #expect(page.body.contains("<option value=\"1\" selected>1 day</option>"))
    let tags = try page.markup().tags
    #expect(tags.count { $0 == "svg class viewBox role aria-labelledby" } == 6)
    #expect(tags.count { $0 == "title id" } == 6 && tags.count { $0 == "desc id" } == 6)
    #expect(page.body.contains(">Created: at most 2, 2023-11-14 22:00; 2 in the end. Started: at most 1"))
    #expect(page.body.contains("Deleted: none.</desc>"))
    let row = try #require(
      page.body.split(separator: "<tr>").first { $0.contains("2023-11-14 22:00</time>") })
    let numbers = row.matches(of: /<td class="number">([^<]*)<\/td>/).map { String($0.1) }
    #expect(numbers == ["0", "1", "2", "1", "0", "1", "0", "0", "30s", "30s", "0.028", "0.222"])
    // Every name that labels a chart is there, and once.
    let ids = try page.markup().values("id")
    let labels = try page.markup().values("aria-labelledby").flatMap {
      $0.split(separator: " ").map(String.init)
    }
    #expect(Set(ids).count == ids.count && Set(labels).isSubset(of: ids))
  }

  @Test func `lead to where something is, where nothing is`() async throws {
    let server = try TestServer()
    let empty = try await server.get(Self.page + "?until=2020-01-01&days=7")
    #expect(empty.body.contains("Nothing happened in this span") && !empty.body.contains("<svg"))
    let address = try #require(empty.link("show the span up to it"))
    #expect(address == Self.page + "?days=7&until=2023-11-15T00%3A00%3A00Z")
    #expect(try await server.get(address).status == 200)
  }

  // MARK: Drawing

  private func chart(_ kind: Chart.Kind, _ values: [Double?]) -> Chart {
    let starts = values.indices.map { TestServer.time(Int64($0) * 86_400) }
    return Chart(
      id: "x", title: "X", kind: kind, series: [Chart.Series(name: "A", values: values)], scale: .counts,
      starts: starts, bucketWidth: 86_400_000_000)
  }

  private func path(_ chart: Chart) throws -> String {
    let line = try #require((chart.values["lines"] as? [PageValues])?.first)
    return try #require(line["path"] as? String)
  }

  @Test func `a line has a gap where no value is, and a point between two gaps`() throws {
    #expect(try path(chart(.lines, [2, 4, nil, 1, nil, 0])) == "M89 101h0L159 10M299 146.5h0M439 192h0")
  }

  @Test func `a bar stands for each value above zero`() throws {
    #expect(try path(chart(.bars, [2, 0, nil, 4])) == "M64.5 192V101H148.5V192zM379.5 192V10H463.5V192z")
  }

  @Test(
    arguments: [
      (ChartScale.counts, 0, [0, 1]), (.counts, 3, [0, 1, 2, 3]), (.counts, 9, [0, 5, 10]),
      (.counts, 41, [0, 20, 40, 60]), (.counts, 4_000_000, [0, 1e6, 2e6, 3e6, 4e6]),
      (.durations, 0, [1, 10]), (.durations, 45, [1, 10, 60]),
      (.durations, 7200, [1, 10, 60, 600, 3600, 21_600]),
    ] as [(ChartScale, Double, [Double])])
  func `an axis has few round steps, and room for all`(
    _ scale: ChartScale, _ greatest: Double, _ ticks: [Double]
  ) {
    #expect(scale.axis(upTo: greatest).ticks == ticks)
  }

  @Test func `any value stands on its axis, and a greater one higher`() {
    for scale in [ChartScale.counts, .hours, .durations] {
      for greatest in [0.0001, 0.3, 1, 7, 99, 100, 12_345, 3.2e7, 3.2e11] {
        let axis = scale.axis(upTo: greatest)
        #expect(axis.ticks.count <= 14 && axis.ticks == axis.ticks.sorted())
        let places = (0...100).map { axis.place(greatest * Double($0) / 100) }
        #expect(places == places.sorted() && places.allSatisfy { $0 >= 0 })
        #expect(places[100] <= 1, "\(scale) \(greatest)")
      }
    }
  }

  @Test(
    arguments: [
      (ChartScale.counts, 1200.0, "1,200"), (.counts, 15_000, "15k"), (.counts, 2_500_000, "2.5M"),
      (.hours, 0.005, "0.005"), (.hours, 200_000, "200k"), (.durations, 21_600, "6h"),
      (.durations, 864_000, "10d"),
    ])
  func `a label fits beside the axis`(_ scale: ChartScale, _ tick: Double, _ text: String) {
    #expect(scale.shortText(tick) == text)
  }
}
