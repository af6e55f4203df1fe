import CLMDBFloor
import CSQLite
import Glibc

/// What the figures were measured on.
struct Machine {
  let processor: String
  let cores: Int
  let memoryBytes: Int
  let fileSystem: String
  let lmdbVersion: String
  let sqliteVersion: String

  init(dataFolder: String) {
    processor =
      lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }
      .flatMap { $0.split(separator: ":").last.map { $0.drop { $0 == " " } } }.map(String.init) ?? "unknown"
    cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    memoryBytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    fileSystem = Self.fileSystem(of: dataFolder)
    lmdbVersion = mdb_version(nil, nil, nil).map { String(cString: $0) } ?? "unknown"
    sqliteVersion = String(cString: sqlite3_libversion())
  }

  var summary: String {
    "\(processor), \(cores) cores, \(memoryBytes >> 30) GB, \(fileSystem); \(lmdbVersion); "
      + "SQLite \(sqliteVersion)"
  }

  /// The type of the file system whose mount point is the longest beginning of the path.
  private static func fileSystem(of path: String) -> String {
    var best = (length: 0, type: "unknown")
    for line in lines(of: "/proc/mounts") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, path.hasPrefix(fields[1]), fields[1].utf8.count >= best.length else { continue }
      best = (fields[1].utf8.count, String(fields[2]))
    }
    return best.type
  }
}

private func lines(of path: String) -> [Substring] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var text: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer[..<count] }
  return String(decoding: text, as: UTF8.self).split(separator: "\n")
}
