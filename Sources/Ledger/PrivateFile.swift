internal import Glibc
import LMDB

/// Small files beside the environments: the signing key, the newest checkpoint, the tokens. Written aside, synced and renamed,
/// so that a reader sees the old or the new one and a crash loses neither.
package enum PrivateFile {
  /// The bytes of a file; nil where there is none.
  static func read(_ path: String) throws(LedgerError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("open", path)
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= limit {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw failure("read", path) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
    throw .unreadable(path: path, why: "it has more than \(limit) bytes")
  }

  /// Writes a file that only its owner may read.
  static func write(_ bytes: [UInt8], to path: String) throws(LedgerError) {
    try ledgerCall { () throws(LMDBError) in try SmallFile.replace(path, with: bytes) }
  }

  /// Whether others than a file's owner may read or change it: stat(2).
  package static func isOpenToOthers(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & 0o077 != 0
  }

  /// Gives a file another name, in place of what has it, durably.
  static func rename(_ path: String, to name: String) throws(LedgerError) {
    try ledgerCall { () throws(LMDBError) in try SmallFile.rename(path, to: name) }
  }

  /// Without this a power loss may bring the old name back, or take a new one away.
  static func syncFolder(of path: String) throws(LedgerError) {
    try ledgerCall { () throws(LMDBError) in try SmallFile.syncFolder(of: path) }
  }

  /// What tells one state of a file from the next, since each is another file.
  struct Edition: Equatable {
    var inode: ino_t = 0
    var size = 0
    var seconds = 0
    var nanoseconds = 0
  }

  /// The state of a file: stat(2). All are alike where it can't be read.
  static func edition(of path: String) -> Edition {
    var status = stat()
    guard stat(path, &status) == 0 else { return Edition() }
    return Edition(
      inode: status.st_ino, size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
  }

  /// Runs `body` while no other process or thread does so for the same folder: flock(2).
  static func locked<R>(
    _ folder: String, _ body: () throws(LedgerError) -> R
  ) throws(LedgerError) -> R {
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw failure("open", folder) }
    defer { close(file) }
    guard flock(file, LOCK_EX) == 0 else { throw failure("flock", folder) }
    return try body()
  }

  /// A note has at most a million bytes, a key far fewer.
  private static let limit = 1_000_000

  private static func failure(_ operation: String, _ path: String) -> LedgerError {
    LedgerError(storage: LMDBError(code: errno, operation: operation, path: path))
  }
}
