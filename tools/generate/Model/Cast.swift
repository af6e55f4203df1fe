import WorkloadModel

/// Who appears in a history: users, projects, clusters and their agents, all by number.
///
/// The first project of a user is where they belong; some belong to a second one. A *seat* is a user in a
/// project, the thing that has a membership and a quota: seat = user * 2 + 0 or 1.
struct Cast: Sendable {
  let users: Int
  let projects: Int
  /// Of each seat its project; -1 where the user has no second one.
  private(set) var projectOfSeat: [Int32]
  /// Of each user the cluster that they mostly use.
  private(set) var homeCluster: [UInt8]
  /// Users by how busy they are.
  private let busyness: Choice

  static let clusters = ["helsinki-1", "lumi-g", "oslo-edge", "tokyo-h100", "köln-a100"]
  /// Two that act without being people: what creates and what cleans up by itself.
  static let robots = ["ci-bot", "cleanup-policy"]
  private static let hosts = ["login1", "login2", "laptop", "jump", "vm-7", "notebook-gw"]

  init(_ options: HistoryOptions, _ random: inout Random) {
    users = options.users
    projects = options.projects
    busyness = Choice(zipf: users, exponent: 1.1, shift: 0.5)
    let sizes = Choice(zipf: projects, exponent: 0.8, shift: 1)
    projectOfSeat = Array(repeating: -1, count: users * 2)
    homeCluster = Array(repeating: 0, count: users)
    for user in 0..<users {
      // Each project has a lead, one of the least busy users, who makes it.
      let home = user >= users - projects ? users - 1 - user : sizes.draw(&random)
      projectOfSeat[user * 2] = Int32(home)
      let other = sizes.draw(&random)
      if other != home, random.chance(0.3) { projectOfSeat[user * 2 + 1] = Int32(other) }
      homeCluster[user] = UInt8(random.below(Self.clusters.count))
    }
  }

  /// Who made the project and decides on its members and quotas.
  func lead(ofProject project: Int) -> Int { users - 1 - project }

  /// Somebody with something to run, busy users more often, and in which of their projects.
  func drawSeat(_ random: inout Random) -> Int {
    let user = busyness.draw(&random)
    return random.chance(0.25) && projectOfSeat[user * 2 + 1] >= 0 ? user * 2 + 1 : user * 2
  }

  // MARK: Names

  // The numbers of all names, one range after the other: users, robots, schedulers, people's reporters,
  // agents, projects, clusters, the source.

  var ci: Int { users }
  var cleanup: Int { users + 1 }
  func scheduler(ofCluster cluster: Int) -> Int { users + Self.robots.count + cluster }
  func reporter(ofUser actor: Int) -> Int { users + Self.robots.count + Self.clusters.count + actor }
  func agent(ofCluster cluster: Int) -> Int { reporter(ofUser: users + Self.robots.count) + cluster }
  func project(_ project: Int) -> Int { agent(ofCluster: Self.clusters.count) + project }
  func cluster(_ cluster: Int) -> Int { project(projects) + cluster }
  var source: Int { cluster(Self.clusters.count) }
  var nameCount: Int { source + 1 }

  /// The class and text of a name.
  func name(_ number: Int, options: HistoryOptions) -> (NameClass, String) {
    if number < ci { return (.user, Self.userName(number)) }
    if number < scheduler(ofCluster: 0) { return (.user, Self.robots[number - ci]) }
    if number < reporter(ofUser: 0) {
      return (.user, "scheduler@" + Self.clusters[number - scheduler(ofCluster: 0)])
    }
    if number < agent(ofCluster: 0) {
      let actor = number - reporter(ofUser: 0)
      let login = actor < ci ? Self.userName(actor) : Self.robots[actor - ci]
      return (.reporter, login + "@" + Self.hosts[actor % Self.hosts.count])
    }
    if number < project(0) {
      return (.reporter, "agent@" + Self.clusters[number - agent(ofCluster: 0)])
    }
    if number < cluster(0) { return (.project, Self.projectName(number - project(0))) }
    if number < source { return (.cluster, Self.clusters[number - cluster(0)]) }
    return (.source, options.source)
  }

  /// Names as login systems have them, a few of them as nobody expects them.
  static func userName(_ user: Int) -> String {
    if let special = unusualUsers[user] { return special }
    let first = firstNames[user % firstNames.count]
    let family = familyNames[user / firstNames.count % familyNames.count]
    let round = user / (firstNames.count * familyNames.count)
    return "\(first).\(family)" + (round == 0 ? "" : String(round + 1))
  }

  static func projectName(_ project: Int) -> String {
    let name = projectNames[project % projectNames.count]
    return project < projectNames.count ? name : "\(name)-\(project / projectNames.count + 1)"
  }

  private static let unusualUsers: [Int: String] = [
    3: "josé.garcía", 6: "أحمد", 8: "李伟", 9: "<script>alert(1)</script>", 17: "zoë.müller", 31: "נועה",
    44: "o'neil \"bo\"",
  ]
  private static let firstNames = [
    "aino", "bao", "chidi", "dana", "elias", "fatima", "goran", "hanna", "ivan", "jun", "kaisa", "liam",
    "maria", "nadia", "olga", "pekka", "quinn", "rosa", "sami", "tuuli", "uma", "veera", "wei", "xenia",
    "yuki", "zara", "anders", "beatriz", "cyrus", "divya", "emre", "freja", "giulia", "hiro", "ingrid",
    "jamal", "kofi", "lena", "mateo",
  ]
  private static let familyNames = [
    "virtanen", "nguyen", "okafor", "cohen", "korhonen", "haddad", "petrovic", "lindqvist", "ivanov",
    "tanaka", "smith", "garcia", "silva", "popova", "nieminen", "jones", "rossi", "yilmaz", "patel", "kim",
    "hansen", "costa", "rahimi", "rao", "demir", "larsen", "bianchi", "sato", "berg", "mensah", "schmidt",
    "lopez", "dubois", "novak", "horvat", "kowalski", "murphy", "chen", "singh", "ali", "laine",
  ]
  private static let projectNames = [
    "language", "vision", "speech", "recommender", "robotics", "genomics", "climate", "fraud", "search",
    "maps", "chemistry", "ymmärrys", "数据平台", "physics-lab", "retail-forecast", "translation",
    "medical-imaging", "assistants", "simulation", "security", "agriculture", "energy", "teaching", "sandbox",
  ]
}
