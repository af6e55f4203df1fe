import Glibc
import Ledger
import WorkloadModel

/// What the operating system says about the time and this machine.
enum System {
  /// The time by which this machine goes.
  static var now: Timestamp { SystemClock.now }

  /// The login name of the user that runs the server: getpwuid(3).
  static var login: String {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid-\(getuid())" }
    return String(cString: name)
  }

  /// How many processors there are: sysconf(3).
  static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The bytes of a file, at most `limit`: open(2), read(2).
  static func readFile(_ path: String, limit: Int) throws(ConfigurationError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ConfigurationError("it can't be read: \(text(of: errno))") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
      let count = read(file, &chunk, chunk.count)
      guard count >= 0 else { throw ConfigurationError("it can't be read: \(text(of: errno))") }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
    throw ConfigurationError("it has more than \(limit) bytes")
  }

  /// What an error of the system means: strerror(3).
  private static func text(of code: Int32) -> String { String(cString: strerror(code)) }

  /// A closed connection is an error of write(2) and not the end of the program.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Writes a line to standard error; where nobody reads it, it is lost: write(2).
  static func writeError(_ line: [UInt8]) {
    var offset = 0
    while offset < line.count {
      let count = line[offset...].withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return }
      offset += max(0, count)
    }
  }
}
