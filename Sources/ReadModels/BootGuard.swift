internal import EventStore
internal import Glibc
internal import LMDB

/// The file `boot` beside the views: one line, `dirty BOOT-ID` or `clean BOOT-ID`.
///
/// It is written and synced before the first unsynced commit of a boot, so the views of another boot are
/// trusted only if somebody synced and closed them.
enum BootGuard {
  /// Whether the views may be opened as they are.
  static func isSound(_ path: String, bootID: String) -> Bool {
    guard let line = read(path + "/boot") else { return false }
    return line == "dirty \(bootID)" || line.hasPrefix("clean ")
  }

  /// Makes the folder, throws away what is not sound, and marks the views as being written in this boot.
  static func prepare(_ path: String, bootID: String) throws(StoreError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("mkdir", path) }
    guard read(path + "/boot") != "dirty \(bootID)" else { return }
    if !isSound(path, bootID: bootID) { try removeData(path) }
    try write("dirty \(bootID)", path)
  }

  /// Before a commit: marks the views as being written where somebody else marked them as clean.
  static func keepDirty(_ path: String, bootID: String) throws(StoreError) {
    let dirty = "dirty \(bootID)"
    if read(path + "/boot") != dirty { try write(dirty, path) }
  }

  static func markClean(_ path: String, bootID: String) throws(StoreError) {
    try write("clean \(bootID)", path)
  }

  /// Throws the views away, whatever they are.
  static func discard(_ path: String, bootID: String) throws(StoreError) {
    try removeData(path)
    try write("dirty \(bootID)", path)
  }

  /// Whether the file is shorter than the two heads that LMDB begins it with: whoever made it was interrupted.
  static func isUnfinished(_ path: String) -> Bool {
    var status = stat()
    return stat(path + "/data.mdb", &status) == 0 && status.st_size < 8_192
  }

  private static func removeData(_ path: String) throws(StoreError) {
    for name in ["/data.mdb", "/lock.mdb"] where unlink(path + name) != 0 && errno != ENOENT {
      throw failure("unlink", path + name)
    }
  }

  private static func read(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = Glibc.read(file, &bytes, bytes.count)
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
  }

  /// Replaced as a whole and durably, for else a power loss may bring back that the views are clean, when they are half
  /// written.
  private static func write(_ line: String, _ path: String) throws(StoreError) {
    try SmallFile.replace(path + "/boot", with: Array((line + "\n").utf8))
  }

  private static func failure(_ operation: String, _ path: String) -> StoreError {
    LMDBError(code: errno, operation: operation, path: path)
  }
}
