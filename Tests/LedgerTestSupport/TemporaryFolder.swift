import Glibc

/// A new folder that is removed with everything in it when the test lets it go.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  /// Makes it in `TMPDIR`, or in `/tmp`.
  public init() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/workledger-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no temporary folder in \(parent): errno \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }

  /// The path of a thing inside.
  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
}

/// Removes a file, or a folder with everything in it; nothing happens where there is none.
public func removeTree(_ path: String) {
  for name in names(in: path) { removeTree("\(path)/\(name)") }
  if unlink(path) != 0 { rmdir(path) }
}

/// Copies a folder of plain files and folders.
public func copyTree(_ source: String, to target: String) {
  mkdir(target, 0o700)
  for name in names(in: source) {
    var status = stat()
    guard stat("\(source)/\(name)", &status) == 0 else { continue }
    if status.st_mode & S_IFMT == S_IFDIR {
      copyTree("\(source)/\(name)", to: "\(target)/\(name)")
    } else {
      writeFile("\(target)/\(name)", readFile("\(source)/\(name)"))
    }
  }
}

/// The bytes of a file; none where it can't be read.
public func readFile(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return bytes }
    bytes.append(contentsOf: buffer[..<count])
  }
}

/// Writes a file, in place of the one before.
public func writeFile(_ path: String, _ bytes: [UInt8]) {
  guard let file = fopen(path, "w") else { fatalError("can't write \(path): errno \(errno)") }
  defer { fclose(file) }
  guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { fatalError("can't write \(path)") }
}

private func names(in path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
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
