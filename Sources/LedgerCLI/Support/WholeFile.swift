import Glibc

/// Files that are read and written as a whole.
enum WholeFile {
  /// The bytes of a file, `-` for standard input; more than `limit` are refused.
  static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { if path != "-" { Glibc.close(descriptor) } }
    var bytes: [UInt8] = []
    while true {
      let piece = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        repeat {
          count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        } while count < 0 && errno == EINTR
        if count < 0 {
          count = 0
          throw failure("read", path)
        }
      }
      if piece.isEmpty { return bytes }
      bytes += piece
      if bytes.count > limit {
        throw Failure(.failed, "\(path == "-" ? "standard input" : path) has more than \(limit) bytes")
      }
    }
  }

  /// Whether there is something at a path: access(2).
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Writes a file that must not be there yet and makes it durable; `mode` as for open(2).
  static func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure("write", path) }
    do {
      try write(bytes, descriptor, path)
      try syncFolder(of: path)
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Replaces a file by another, whole and durable, or leaves it as it was: written aside, fsync(2), rename(2),
  /// and fsync(2) of the folder.
  static func replace(_ path: String, _ bytes: [UInt8], mode: mode_t) throws {
    let aside = path + ".new"
    let descriptor = Glibc.open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure("write", aside) }
    do {
      try write(bytes, descriptor, aside)
      guard rename(aside, path) == 0 else { throw failure("replace", path) }
    } catch {
      unlink(aside)
      throw error
    }
    try syncFolder(of: path)
  }

  /// Runs `body` while no other process does so for the same path: flock(2) on `path.lock`, which stays there.
  static func locked<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    let lock = path + ".lock"
    let descriptor = Glibc.open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("lock", lock) }
    defer { Glibc.close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw failure("lock", lock) }
    }
    return try body()
  }

  private static func write(_ bytes: [UInt8], _ descriptor: Int32, _ path: String) throws {
    defer { Glibc.close(descriptor) }
    try writeAll(bytes, to: descriptor, path)
    guard fsync(descriptor) == 0 else { throw failure("write", path) }
  }

  /// A name is durable when its folder is.
  private static func syncFolder(of path: String) throws {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder =
      parts.isEmpty ? "." : parts.count == 1 ? String(parts[0]) + "/" : parts.joined(separator: "/")
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", folder) }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("write", folder) }
  }

  private static func failure(_ verb: String, _ path: String) -> Failure {
    Failure(.failed, "can't \(verb) \(path): \(System.text(of: errno))")
  }
}
