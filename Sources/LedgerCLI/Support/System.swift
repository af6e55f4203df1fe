import Glibc
import Ledger
import Presentation
import WorkloadModel

/// What the operating system says about this process, the user and the terminal.
enum System {
  /// The time by which this machine goes.
  static var now: Timestamp { SystemClock.now }

  /// Seconds since some moment, never going back.
  static var uptime: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// An environment variable; one that is empty counts as not set.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// The login name by the user's number, for a variable can be set to anything: getpwuid(3).
  static var login: String {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid-\(getuid())" }
    return String(cString: name)
  }

  /// The home folder: `HOME`, else getpwuid(3).
  static var home: String? {
    if let home = environment("HOME") { return home }
    guard let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir else { return nil }
    return String(cString: folder)
  }

  /// gethostname(2)
  static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// isatty(3)
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// How standard output shows text: `COLUMNS` wins over the terminal's own width, as for ls(1).
  static func appearance(isWide: Bool = false) -> Appearance {
    var width = environment("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    let isTerminal = isTerminal(STDOUT_FILENO)
    if width == nil, isTerminal {
      var size = winsize()
      if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { width = Int(size.ws_col) }
    }
    let hasColour = isTerminal && environment("NO_COLOR") == nil && environment("TERM") != "dumb"
    return Appearance(width: isWide ? nil : width, hasColour: hasColour, isWide: isWide)
  }

  /// How many processors there are: sysconf(3).
  static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The text of an error number: strerror(3).
  static func text(of code: Int32) -> String { String(cString: strerror(code)) }
}
