import Foundation
import Glibc
import Testing

/// A terminal of a given width, for what the program does only there: pts(4).
struct Terminal {
  private let master: Int32
  private let slave: Int32

  init(columns: UInt16) throws {
    // glibc hides posix_openpt(3) and its family from Swift; these are the calls that they make.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var isLocked: Int32 = 0
    var number: Int32 = 0
    let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    try #require(ioctl(master, setLock, &isLocked) == 0 && ioctl(master, getNumber, &number) == 0)
    slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)
  }

  /// Runs a process with the terminal as all three streams, typing `input`; returns what it shows.
  func run(_ process: Process, typing input: String = "") throws -> (shown: String, status: Int32) {
    process.standardInput = FileHandle(fileDescriptor: slave)
    process.standardOutput = FileHandle(fileDescriptor: slave)
    process.standardError = FileHandle(fileDescriptor: slave)
    try process.run()
    close(slave)
    _ = input.withCString { write(master, $0, strlen($0)) }
    var shown: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(master, &buffer, buffer.count)
      if count <= 0 { break }
      shown += buffer[..<count]
    }
    process.waitUntilExit()
    close(master)
    let text = String(decoding: shown, as: UTF8.self)
    return (text.replacing("\r\n", with: "\n"), process.terminationStatus)
  }
}
