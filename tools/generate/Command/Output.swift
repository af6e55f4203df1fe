#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where the lines go: a file or the standard output, in writes of a megabyte.
struct Output: ~Copyable {
  private let descriptor: CInt
  private let name: String

  /// What the operating system refused.
  struct Failure: Error {
    let message: String
  }

  /// The file, made or emptied; `-` is the standard output.
  init(_ path: String) throws(Failure) {
    name = path == "-" ? "standard output" : path
    if path == "-" {
      descriptor = STDOUT_FILENO
    } else {
      descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      if descriptor < 0 { throw Self.failure("\(path) can't be written") }
    }
  }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        systemWrite(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure("\(name) can't be written")
      }
      written += count
    }
  }

  /// Closes the file; what the file system refused only now is an error too.
  consuming func finish() throws(Failure) {
    if descriptor != STDOUT_FILENO, close(descriptor) != 0 { throw Self.failure("\(name) can't be closed") }
  }

  private static func failure(_ what: String) -> Failure {
    Failure(message: "\(what): \(String(cString: strerror(errno)))")
  }
}

/// Whether messages go to a person's terminal.
func errorsGoToTerminal() -> Bool { isatty(STDERR_FILENO) != 0 }

/// Writes a text to the standard error; where that is closed nobody reads it.
func writeError(_ text: String) {
  var text = text
  text.withUTF8 { buffer in _ = systemWrite(STDERR_FILENO, buffer.baseAddress, buffer.count) }
}

/// `write(2)`, whose name the methods here have too.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
