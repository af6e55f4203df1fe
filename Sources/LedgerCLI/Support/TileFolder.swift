import Evidence
import Exchange
import Glibc
import Ledger

/// A folder with a log as tiles, so that a server of plain files can give it to anybody.
///
/// A file is written aside, in `.new`. When there are two thousand, they are made durable together, which takes a third
/// of the time that one after the other would, and only then they get their names: so a file that has a name is
/// whole, also after a crash, and one whose bytes are not the log's was changed. The checkpoint comes last, when all
/// that it speaks of is durable.
struct TileFolder: ~Copyable {
  /// What the folder is: an export, for whoever may read it, or a backup, for its owner alone.
  enum Purpose { case export, backup }

  let path: String
  let purpose: Purpose
  /// The folder, locked as long as this lives: flock(2).
  private let descriptor: Int32
  /// The paths of the files that wait for their names, in the order of their numbers in `.new`.
  private var waiting: [String] = []
  private var waitingBytes = 0
  /// The folders that got new names.
  private var touched: Set<String> = []
  /// The names of people, while they are written.
  private var names: Int32 = -1

  private static let namesFile = "names.ndjson"
  private static let maxWaiting = 2048
  private static let maxWaitingBytes = 1 << 26

  /// Makes the folder, or opens one that has nothing but an export, or a backup, also one that did not come to its end.
  init(_ path: String, _ purpose: Purpose = .export) throws {
    let isNew = mkdir(path, purpose.folderMode) == 0
    guard isNew || errno == EEXIST else { throw Self.failure("make", path) }
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure("write", path) }
    do {
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        if errno == EWOULDBLOCK { throw Failure(.failed, "another \(purpose) is writing to \(path)") }
        throw Self.failure("lock", path)
      }
      try Self.check(try Self.names(in: path), in: path, purpose)
      let aside = path + "/.new"
      let secrets = purpose == .backup ? ["\(path)/\(BackupLayout.secrets)"] : []
      for folder in [aside] + secrets {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Self.failure("make", folder) }
      }
      // What an export that was killed left behind.
      for name in try Self.names(in: aside) { unlink("\(aside)/\(name)") }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    self.path = path
    self.purpose = purpose
    self.descriptor = descriptor
    if isNew { touched.insert(path + "/..") }
    if purpose == .backup { touched.insert(path) }
  }

  /// Refuses a folder that has something else.
  private static func check(_ names: [String], in path: String, _ purpose: Purpose) throws {
    if let other = names.first(where: { !purpose.ours.contains($0) }) {
      throw Failure(
        .failed,
        "\(path) has '\(other)', which is no part of \(purpose.noun): name a new folder, or one with an earlier "
          + "\(purpose) of this ledger")
    }
    // Keys and names must not come into a folder that may be served.
    if purpose == .backup, names.contains("checkpoint"), !names.contains(BackupLayout.secrets) {
      throw Failure(.failed, "\(path) has an export and no backup, and may be served: name another folder")
    }
  }

  deinit {
    for index in waiting.indices { unlink(Self.aside(path, index)) }
    if names >= 0 { Glibc.close(names) }
    unlink(Self.aside(path, Self.namesFile))
    rmdir(path + "/.new")
    Glibc.close(descriptor)
  }

  /// The checkpoint of the export that is there; nil where there is none.
  func checkpoint() throws -> SignedCheckpoint? {
    let file = path + "/checkpoint"
    return WholeFile.exists(file) ? try CheckpointInput.read(file) : nil
  }

  /// Whether there are names of an earlier export.
  var hasNames: Bool { WholeFile.exists("\(path)/\(Self.namesFile)") }

  /// Adds a file of tiles or entries. One that is there stays, and must have these bytes.
  mutating func add(_ name: String, _ bytes: [UInt8]) throws {
    if try isThere(name, bytes) {
      // Whoever wrote it may have been killed before its name was durable.
      touch(name)
      return
    }
    let aside = Self.aside(path, waiting.count)
    waiting.append(name)
    try Self.write(bytes, to: aside, mode: purpose.fileMode)
    waitingBytes += bytes.count
    if waiting.count >= Self.maxWaiting || waitingBytes >= Self.maxWaitingBytes { try settle() }
  }

  /// Adds a part of the names, whole lines; only their owner may read them.
  mutating func addNames(_ bytes: [UInt8]) throws {
    let aside = Self.aside(path, Self.namesFile)
    if names < 0 {
      names = Glibc.open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      if names < 0 { throw Self.failure("write", aside) }
    }
    try writeAll(bytes, to: names, aside)
  }

  /// Makes everything durable, then the names and the checkpoint appear, in place of those before.
  consuming func publish(_ checkpoint: SignedCheckpoint) throws {
    try settleAll()
    if names >= 0 { try placeNames(Self.namesFile) }
    try WholeFile.replace(path + "/checkpoint", checkpoint.bytes, mode: purpose.fileMode)
  }

  // MARK: Helpers

  /// Gives all files their names, durably.
  mutating func settleAll() throws {
    try settle()
    for folder in touched { try Self.sync(folder, O_RDONLY | O_DIRECTORY) }
    try syncAside()
  }

  /// Gives the file of the names its name.
  func placeNames(_ name: String) throws {
    guard fsync(names) == 0 else { throw Self.failure("write", "\(path)/\(name)") }
    try rename(Self.namesFile, to: name)
    try syncAside()
  }

  /// A file that goes from one folder to another is durable there when both are.
  private func syncAside() throws { try Self.sync("\(path)/.new", O_RDONLY | O_DIRECTORY) }

  /// Gives the files that wait their names, once they are durable: fsync(2).
  private mutating func settle() throws {
    for index in waiting.indices { try Self.sync(Self.aside(path, index), O_RDONLY) }
    for (index, name) in waiting.enumerated() {
      try rename(String(index), to: name)
      touch(name)
    }
    waiting.removeAll(keepingCapacity: true)
    waitingBytes = 0
  }

  /// Remembers the folders of a file, up to this one; there is one for 256,000 records.
  private mutating func touch(_ name: String) {
    var parts = name.split(separator: "/").dropLast()
    while !parts.isEmpty, touched.insert("\(path)/\(parts.joined(separator: "/"))").inserted {
      parts.removeLast()
    }
    touched.insert(path)
  }

  static func sync(_ path: String, _ flags: Int32) throws {
    let descriptor = Glibc.open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("write", path) }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("write", path) }
  }

  private func rename(_ aside: String, to name: String) throws {
    let (aside, target) = ("\(path)/.new/\(aside)", "\(path)/\(name)")
    if Glibc.rename(aside, target) == 0 { return }
    guard errno == ENOENT else { throw Self.failure("write", target) }
    // The first file of its folder.
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      guard mkdir(folder, purpose.folderMode) == 0 || errno == EEXIST else {
        throw Self.failure("make", folder)
      }
    }
    guard Glibc.rename(aside, target) == 0 else { throw Self.failure("write", target) }
  }

  /// Whether a file is there, with these bytes.
  private func isThere(_ name: String, _ bytes: [UInt8]) throws -> Bool {
    let file = "\(path)/\(name)"
    var information = stat()
    guard lstat(file, &information) == 0 else {
      if errno == ENOENT { return false }
      throw Self.failure("read", file)
    }
    let isSame =
      try information.st_mode & S_IFMT == S_IFREG && Int(information.st_size) == bytes.count
      && WholeFile.read(file, limit: bytes.count) == bytes
    guard isSame else {
      throw Failure(
        .differs,
        "\(file) has not the bytes that the log gives: one of them was changed since. 'workledger verify' says "
          + "whether the log holds; if it does, name a new folder")
    }
    return true
  }

  private static func aside(_ path: String, _ name: some CustomStringConvertible) -> String {
    "\(path)/.new/\(name)"
  }

  private static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure("write", path) }
    defer { Glibc.close(descriptor) }
    try writeAll(bytes, to: descriptor, path)
  }

  /// What stands in a folder: readdir(3).
  static func names(in path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw failure("read", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func failure(_ verb: String, _ path: String) -> Failure {
    Failure(.failed, "can't \(verb) \(path): \(System.text(of: errno))")
  }
}

extension TileFolder.Purpose {
  /// What such a folder may have.
  fileprivate var ours: Set<String> {
    switch self {
    case .export: ["checkpoint", "checkpoint.new", "tile", "names.ndjson", ".new"]
    case .backup: ["checkpoint", "checkpoint.new", "tile", BackupLayout.secrets, ".new"]
    }
  }

  fileprivate var noun: String {
    switch self {
    case .export: "a log as tiles"
    case .backup: "a backup"
    }
  }

  fileprivate var folderMode: mode_t { self == .export ? 0o777 : 0o700 }
  fileprivate var fileMode: mode_t { self == .export ? 0o666 : 0o600 }
}
