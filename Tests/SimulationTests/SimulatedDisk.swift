import Glibc
import LedgerTestSupport

/// A disk with a cache that loses its power: what was flushed is there, and of the rest whatever it got round to.
///
/// A write is made of sectors of 512 bytes, each of which is written whole or not at all, in any order. The names in a
/// folder change in the order in which they were changed, as file systems with a journal do, and are durable when the
/// folder was flushed, as POSIX has it: to flush a file does nothing for its name.
struct SimulatedDisk {
  private final class File {
    var durable: [UInt8] = []
    /// What was done since the last flush.
    var pending: [Change] = []
  }

  private enum Change {
    case bytes([UInt8], at: Int, isDurable: Bool)
    case size(Int)
  }

  private enum Name {
    case file(File)
    case folder
  }

  private struct Renaming {
    var path: String
    /// nil where the name goes.
    var name: Name?
  }

  /// The names as programs see them, those that are durable, and by folder what lies between.
  private var names: [String: Name] = [:]
  private var durableNames: [String: Name] = [:]
  private var pendingNames: [String: [[Renaming]]] = [:]

  /// What is not flushed though it was asked for, to see whether that is noticed. Behind a name that ends with a full
  /// stop may stand any number: the files that are written aside have that of the process.
  var forgotten: String?
  /// Whether something was forgotten so far.
  private(set) var hasForgotten = false

  private static let sector = 512

  mutating func apply(_ step: Recording.Step) {
    switch step {
    case .write(let path, let offset, let bytes, let isDurable):
      file(path)?.pending.append(.bytes(bytes, at: offset, isDurable: isDurable))
    case .resize(let path, let count): file(path)?.pending.append(.size(count))
    case .flush(let path):
      if let forgotten, path == forgotten || forgotten.last == "." && path.hasPrefix(forgotten) {
        hasForgotten = true
        return
      }
      if let file = file(path) {
        for change in file.pending { Self.apply(change, to: &file.durable) }
        file.pending = []
      } else {
        for renamings in pendingNames.removeValue(forKey: path) ?? [] {
          Self.apply(renamings, to: &durableNames)
        }
      }
    case .create(let path): change([Renaming(path: path, name: .file(File()))])
    case .makeFolder(let path): change([Renaming(path: path, name: .folder)])
    case .remove(let path): change([Renaming(path: path, name: nil)])
    case .rename(let path, let new):
      change([Renaming(path: path, name: nil), Renaming(path: new, name: names[path])])
    }
  }

  private func file(_ path: String) -> File? {
    if case .file(let file) = names[path] { file } else { nil }
  }

  private mutating func change(_ renamings: [Renaming]) {
    Self.apply(renamings, to: &names)
    pendingNames[Self.folder(of: renamings[0].path), default: []].append(renamings)
  }

  private static func folder(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  private static func apply(_ renamings: [Renaming], to names: inout [String: Name]) {
    for renaming in renamings { names[renaming.path] = renaming.name }
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .size(let count):
      if count < bytes.count { bytes.removeLast(bytes.count - count) }
      bytes += [UInt8](repeating: 0, count: count - bytes.count)
    case .bytes(let new, let offset, _):
      let end = offset + new.count
      if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
      bytes.replaceSubrange(offset..<end, with: new)
    }
  }

  // MARK: Images

  /// How much of what was not flushed reaches the disk.
  enum Luck: CaseIterable { case nothing, everything, wholeWrites, tornWrites }

  /// All files with their bytes as programs see them.
  func whole() -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for case (let path, .file(let file)) in names {
      var bytes = file.durable
      for change in file.pending { Self.apply(change, to: &bytes) }
      files[path] = bytes
    }
    return files
  }

  /// Writes what is on the disk when the power fails now, while `last` is under way, in place of `root`.
  func image(
    _ luck: Luck, during last: Recording.Step?, _ random: inout SeededRandom, of root: String,
    at target: String
  ) {
    var names = durableNames
    for (_, changes) in pendingNames.sorted(by: { $0.key < $1.key }) {
      for renamings in changes.prefix(Self.count(changes.count, luck, &random)) {
        Self.apply(renamings, to: &names)
      }
    }
    for (path, name) in names.sorted(by: { $0.key < $1.key }) where isReachable(path, names, root) {
      let place = target + path.dropFirst(root.count)
      switch name {
      case .folder: mkdir(place, 0o700)
      case .file(let file):
        var changes = file.pending
        // The write that is under way may be on the disk in part, whatever it was to be when it returned.
        if case .write(path, let offset, let bytes, _) = last {
          changes.append(.bytes(bytes, at: offset, isDurable: false))
        }
        writeFile(place, Self.bytes(file.durable, changes, luck, &random))
      }
    }
  }

  private func isReachable(_ path: String, _ names: [String: Name], _ root: String) -> Bool {
    let folder = Self.folder(of: path)
    return folder == root || names[folder] != nil && isReachable(folder, names, root)
  }

  private static func count(_ all: Int, _ luck: Luck, _ random: inout SeededRandom) -> Int {
    switch luck {
    case .nothing: 0
    case .everything: all
    case .wholeWrites, .tornWrites: random.below(all + 1)
    }
  }

  private static func bytes(
    _ durable: [UInt8], _ changes: [Change], _ luck: Luck, _ random: inout SeededRandom
  ) -> [UInt8] {
    var bytes = durable
    for change in changes {
      if case .size = change, luck == .nothing { continue }
      if case .bytes(let new, let offset, let isDurable) = change, !isDurable {
        switch luck {
        case .nothing: continue
        case .everything: break
        case .wholeWrites: if random.oneIn(2) { continue }
        case .tornWrites:
          var start = 0
          while start < new.count {
            let end = min(new.count, (offset + start) / sector * sector + sector - offset)
            if random.oneIn(2) {
              apply(.bytes(Array(new[start..<end]), at: offset + start, isDurable: false), to: &bytes)
            }
            start = end
          }
          continue
        }
      }
      apply(change, to: &bytes)
    }
    return bytes
  }
}
