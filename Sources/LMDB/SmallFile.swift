internal import Glibc

/// Small files beside the environments. One is replaced as a whole: a reader sees the old or the new one, and neither a
/// crash nor a power loss leaves half of one or none.
package enum SmallFile {
  /// Writes a file aside that only its owner may read, syncs it, and gives it its name: write(2), fsync(2), rename(2).
  package static func replace(_ path: String, with bytes: [UInt8]) throws(LMDBError) {
    let aside = "\(path).\(getpid())"
    do throws(LMDBError) {
      try write(bytes, to: aside)
      try rename(aside, to: path)
    } catch {
      unlink(aside)
      throw error
    }
  }

  /// Gives a file another name, in place of what has it, durably: rename(2), fsync(2).
  package static func rename(_ path: String, to name: String) throws(LMDBError) {
    guard Glibc.rename(path, name) == 0 else { throw failure(errno, "rename", path: path) }
    try syncFolder(of: name)
  }

  /// Makes the names in a file's folder durable, for to sync the file does nothing for its name: fsync(2).
  package static func syncFolder(of path: String) throws(LMDBError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno, "open", path: folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(errno, "fsync", path: folder) }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(LMDBError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(errno, "open", path: path) }
    defer { close(descriptor) }
    try writeAll(bytes, to: descriptor, at: 0, path: path)
    guard fsync(descriptor) == 0 else { throw failure(errno, "fsync", path: path) }
  }
}

/// Writes all bytes at a place of a file, however often that takes: pwrite(2).
func writeAll(_ bytes: [UInt8], to descriptor: Int32, at start: off_t, path: String) throws(LMDBError) {
  var done = 0
  while done < bytes.count {
    let written = bytes[done...].withUnsafeBytes {
      pwrite(descriptor, $0.baseAddress, $0.count, start + off_t(done))
    }
    if written < 0, errno == EINTR { continue }
    // Nothing written and no error would go on for ever.
    guard written > 0 else { throw failure(written < 0 ? errno : EIO, "pwrite", path: path) }
    done += written
  }
}
