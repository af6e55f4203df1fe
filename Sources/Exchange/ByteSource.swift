/// Where bytes to import come from: a file, standard input, or bytes at hand. Several in order are one import.
public struct ByteSource: Hashable, Sendable {
  enum Origin: Hashable, Sendable {
    case file
    case standardInput
    case bytes([UInt8])
  }

  /// What messages call it: the path, or `standard input`.
  public let name: String
  let origin: Origin

  private init(name: String, origin: Origin) {
    self.name = name
    self.origin = origin
  }

  /// A file, gzipped or not; it is opened when it is its turn.
  public static func file(_ path: String) -> ByteSource { ByteSource(name: path, origin: .file) }

  /// The standard input, gzipped or not.
  public static let standardInput = ByteSource(name: "standard input", origin: .standardInput)

  /// Bytes at hand, gzipped or not.
  public static func bytes(_ bytes: [UInt8], name: String) -> ByteSource {
    ByteSource(name: name, origin: .bytes(bytes))
  }

  /// A path as it is written on the command line: `-` is the standard input.
  public static func argument(_ path: String) -> ByteSource { path == "-" ? .standardInput : .file(path) }
}

/// Why a source could not be read to its end.
public enum ByteSourceError: Error, Hashable, Sendable {
  /// The file could not be opened: the operating system's reason.
  case cannotOpen(file: String, why: String)
  /// Reading failed at this offset of the file.
  case cannotRead(file: String, offset: UInt64, why: String)
  /// The file ends within its gzip data; `offset` is its length.
  case truncated(file: String, offset: UInt64)
  /// The gzip data do not hold together near this offset of the file.
  case corrupt(file: String, offset: UInt64, why: String)

  /// A sentence for people.
  public var message: String {
    switch self {
    case .cannotOpen(let file, let why): "\(file) can't be opened: \(why)"
    case .cannotRead(let file, let offset, let why): "\(file) can't be read at byte \(offset): \(why)"
    case .truncated(let file, let offset):
      "\(file) is cut off: its gzip data do not end before the file does, at byte \(offset)"
    case .corrupt(let file, let offset, let why):
      "\(file) is damaged near byte \(offset): its gzip data can't be inflated (\(why))"
    }
  }
}
