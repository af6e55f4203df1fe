internal import CLMDB
internal import Glibc
internal import Synchronization

/// The folder of an environment while it is open in this process.
///
/// LMDB must not be opened twice by one process: closing either drops the file locks of both. The folder is
/// known by device and inode, so another spelling or a symbolic link is found too; the descriptor keeps the
/// inode from being given to another folder meanwhile.
final class OpenFolder: Sendable {
  private static let open = Mutex<Set<Identity>>([])

  private struct Identity: Hashable, Sendable {
    let device: UInt
    let inode: UInt
  }

  private let identity: Identity
  let descriptor: Int32

  init(path: String) throws(LMDBError) {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno, "open", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw failure(code, "fstat", path: path)
    }
    let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    let isNew = Self.open.withLock { $0.insert(identity).inserted }
    guard isNew else {
      Glibc.close(descriptor)
      throw failure(LMDBError.Code.alreadyOpenInProcess.rawValue, "mdb_env_open", path: path)
    }
    self.identity = identity
    self.descriptor = descriptor
  }

  /// In this order: once the descriptor is closed, a new folder may get the inode of one that was removed.
  deinit {
    _ = Self.open.withLock { $0.remove(identity) }
    Glibc.close(descriptor)
  }

  /// Memory maps and locks of these are not coherent between machines. FUSE does not say what lies behind it
  /// and is also what some container runtimes use for local disks, so it is let through.
  func refuseNetwork(path: String) throws(LMDBError) {
    var status = statfs()
    guard fstatfs(descriptor, &status) == 0 else { throw failure(errno, "fstatfs", path: path) }
    guard !isNetworkFileSystem(UInt32(truncatingIfNeeded: status.f_type)) else {
      throw failure(LMDBError.Code.networkFileSystem.rawValue, "fstatfs", path: path)
    }
  }

  /// What a failed write means. LMDB says `EIO` where a page was written in part only, which is how a file
  /// system says that it has just become full.
  func meaning(of code: Int32) -> Int32 {
    var status = statvfs()
    guard code == EIO, fstatvfs(descriptor, &status) == 0, status.f_bavail * status.f_bsize < 1 << 20 else {
      return code
    }
    return ENOSPC
  }

  /// The names of new files survive a power loss only after this; LMDB does not do it.
  func sync(path: String) throws(LMDBError) {
    guard fsync(descriptor) == 0 else { throw failure(errno, "fsync", path: path) }
  }
}

/// The `f_type` of statfs(2).
package func isNetworkFileSystem(_ type: UInt32) -> Bool {
  switch type {
  case 0x6969: true  // NFS
  case 0x517B, 0xFE53_4D42, 0xFF53_4D42: true  // SMB, SMB2, CIFS
  case 0x0102_1997: true  // 9P
  case 0x00C3_6400: true  // Ceph
  case 0x0BD0_0BD0: true  // Lustre
  case 0x4750_4653: true  // GPFS
  case 0x5346_414F, 0x6B41_4653: true  // AFS
  case 0x7375_7245: true  // Coda
  default: false
  }
}
