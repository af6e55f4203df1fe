import Glibc

/// What the operating system refused.
struct FolderError: Error, CustomStringConvertible {
  let description: String
}

/// The temporary folder that all data of a run goes to.
struct Folder {
  let path: String

  init(in parent: String) throws {
    path = "\(parent)/workledger-bench.\(getpid())"
    try makeFolder(path)
  }

  /// Bytes that may still be written.
  var freeBytes: Int {
    var info = statvfs()
    guard statvfs(path, &info) == 0 else { return 0 }
    return Int(info.f_bavail) * Int(info.f_frsize)
  }

  /// A folder inside, made.
  func folder(_ name: String) throws -> String {
    try makeFolder(path + "/" + name)
    return path + "/" + name
  }

  /// Removes a folder inside, or all.
  func remove(_ name: String? = nil) { removeTree(name.map { path + "/" + $0 } ?? path) }
}

func makeFolder(_ path: String) throws {
  if mkdir(path, 0o700) != 0, errno != EEXIST {
    throw FolderError(description: "mkdir \(path): \(String(cString: strerror(errno)))")
  }
}

/// Bytes that a file takes on the disk; 0 where there is none.
func fileBytes(_ path: String) -> Int {
  var info = stat()
  return stat(path, &info) == 0 ? Int(info.st_blocks) * 512 : 0
}

private func removeTree(_ path: String) {
  if let folder = opendir(path) {
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
    closedir(folder)
    rmdir(path)
  } else {
    unlink(path)
  }
}

/// Progress and complaints.
func writeError(_ text: String) {
  let bytes = Array(text.utf8)
  _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}
