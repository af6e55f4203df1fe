import ArgumentParser
import Glibc
import Ledger
import Presentation
import WorkloadModel

/// `workledger open W`
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Print a workspace's address and open it in a browser.",
    usage: "workledger open <workload> [<options>]",
    discussion: """
      Refused unless the type is Workspace. A browser is only tried on a terminal in a graphical session.

      EXAMPLES:
        workledger open notebook
      """)

  @Argument(
    help: ArgumentHelp("An id, the beginning of one, or a name.", valueName: "workload"),
    completion: Completions.workloads)
  var workload: String
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions

  func run() throws {
    let session = try Session(ledger, actor, project)
    let workload = try session.visibleWorkload(workload)
    guard workload.type == .workspace else {
      let type = workload.type?.label ?? "unknown"
      throw Failure(
        .refused, "\(workload.name) can't be opened: its type is \(type), and only a Workspace can")
    }
    guard let url = workload.url else {
      throw Failure(.notFound, "\(workload.name) has no address; one is given with 'workledger create --url'")
    }
    try StandardOutput.print(url)
    try StandardOutput.flush()
    if workload.status != .running {
      Message.note("\(workload.name) is \(workload.status.label), not Running")
    }
    if WebAddress.isValid(url), WebAddress.canOpen { WebAddress.open(url) }
  }
}

extension WebAddress {
  /// Whether there is somebody to look and something to look at.
  static var canOpen: Bool {
    System.isTerminal(STDOUT_FILENO)
      && (System.environment("DISPLAY") != nil || System.environment("WAYLAND_DISPLAY") != nil)
  }

  /// posix_spawnp(3) of xdg-open. The address was printed, so a failure is only worth a note.
  static func open(_ url: String) {
    var process = pid_t()
    let code = "xdg-open".withCString { program in
      url.withCString { address in
        var arguments = [
          UnsafeMutablePointer(mutating: program), UnsafeMutablePointer(mutating: address), nil,
        ]
        return posix_spawnp(&process, program, nil, nil, &arguments, environ)
      }
    }
    if code != 0 { Message.note("no browser was opened: xdg-open: \(System.text(of: code))") }
  }
}
