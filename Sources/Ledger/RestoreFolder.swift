internal import Glibc
import LMDB

/// The folder that a ledger is put back into: it has none before, and has one when all of it is durable.
///
/// Everything is made in a folder `restoring` inside of it. At the end the small files get their places first and the
/// file of the log its place last, by one rename(2): where there is none there is no ledger, whatever interrupts this.
struct RestoreFolder {
  private let path: String
  /// The folders that were made for it, the outermost first.
  private let made: [String]

  private static let aside = "restoring"
  private static let files = [Ledger.keyFile, Ledger.checkpointFile, TokenFile.name]
  /// What may stand in the folder and belongs to no ledger: ext4 has it in the root of a file system.
  private static let ignored: Set<String> = ["lost+found"]

  /// Whether a ledger was being put back here and nobody finished.
  static func isUnfinished(_ path: String) -> Bool { access("\(path)/\(aside)", F_OK) == 0 }

  /// Runs `body`, which makes the log in the folder that it is given and returns the small files by name, and then gives
  /// all of it its place. What throws leaves the folder as it was.
  static func fill<Result>(
    _ path: String,
    _ body: (_ log: String) throws(LedgerError) -> (result: Result, files: [(name: String, bytes: [UInt8])])
  ) throws(LedgerError) -> Result {
    let folder = RestoreFolder(path: path, made: try Ledger.makeFolders(path))
    do throws(LedgerError) {
      return try PrivateFile.locked(path) { () throws(LedgerError) in
        try folder.refuseOthers()
        do throws(LedgerError) { return try folder.fill(body) } catch {
          folder.removeAll()
          throw error
        }
      }
    } catch {
      for made in folder.made.reversed() { rmdir(made) }
      throw error
    }
  }

  private func fill<Result>(
    _ body: (String) throws(LedgerError) -> (result: Result, files: [(name: String, bytes: [UInt8])])
  ) throws(LedgerError) -> Result {
    let aside = "\(path)/\(Self.aside)"
    removeAll()
    try Ledger.makeFolders(aside + "/log")
    let (result, files) = try body(aside + "/log")
    for (name, bytes) in files {
      try PrivateFile.write(bytes, to: "\(aside)/\(name)")
      try PrivateFile.rename("\(aside)/\(name)", to: "\(path)/\(name)")
    }
    try PrivateFile.syncFolder(of: aside + "/log")
    try Ledger.makeFolders(path + "/log")
    try PrivateFile.rename(aside + "/log/data.mdb", to: path + "/log/data.mdb")
    try PrivateFile.syncFolder(of: aside + "/log/data.mdb")
    removeAside()
    return result
  }

  /// A ledger is never overwritten, nor are other files of whoever named the wrong folder.
  private func refuseOthers() throws(LedgerError) {
    if Ledger.hasLog(path) {
      throw .storage(
        "\(path) has a ledger already, which stays as it is. Put it aside first ('mv \(path) \(path).old'), and name the newest checkpoint "
          + "that it has: --checkpoint \(path).old/checkpoint")
    }
    let expected = Self.ignored.union(Self.isUnfinished(path) ? Self.files + ["log", Self.aside] : [])
    if let other = try Self.names(in: path).first(where: { !expected.contains($0) }) {
      throw .storage(
        "\(path) has '\(other)'. Name a new or an empty folder; where there was a ledger in this one, put what is "
          + "left of it aside, and name its newest checkpoint: --checkpoint")
    }
  }

  /// Removes what was made, as far as it is there; called only where there was no ledger.
  private func removeAll() {
    removeAside()
    for name in Self.files { unlink("\(path)/\(name)") }
    rmdir(path + "/log")
  }

  private func removeAside() {
    let aside = "\(path)/\(Self.aside)"
    for folder in [aside + "/log", aside] {
      for name in (try? Self.names(in: folder)) ?? [] { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
  }

  /// What stands in a folder: readdir(3).
  private static func names(in path: String) throws(LedgerError) -> [String] {
    guard let entries = opendir(path) else {
      throw LedgerError(storage: LMDBError(code: errno, operation: "opendir", path: path))
    }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
