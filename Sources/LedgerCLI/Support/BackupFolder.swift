import Exchange
import Glibc
import Ledger

/// A folder with a backup that is read. Nothing in it is changed, so it may stand where nobody can write.
struct BackupFolder {
  private let path: String

  init(_ path: String) { self.path = path }

  /// The files, as the reader of backups asks for them.
  func read(_ name: String, from offset: UInt64, count: Int) throws(LedgerError) -> [UInt8]? {
    let file = "\(path)/\(name)"
    let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure(file)
    }
    defer { Glibc.close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw failure(file) }
    let rest = max(0, Int(information.st_size) - Int(clamping: offset))
    let wanted = min(count, rest)
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let target = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
        let got = pread(descriptor, target.baseAddress, target.count, off_t(offset) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got <= 0 { break }
        filled += got
      }
    }
    // A file gets no shorter while it is read, unless the disk fails.
    guard bytes.count == wanted else { throw failure(file) }
    return bytes
  }

  /// Whether the folder is there.
  var exists: Bool { WholeFile.exists(path) }

  /// Whether there are tiles, without a checkpoint too.
  var hasTiles: Bool { WholeFile.exists("\(path)/\(BackupLayout.tiles)") }

  private func failure(_ file: String) -> LedgerError {
    .storage("can't read \(file): \(System.text(of: errno == 0 ? EIO : errno))")
  }
}
