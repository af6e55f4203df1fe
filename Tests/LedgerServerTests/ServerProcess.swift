import Foundation
import Glibc
import Testing

/// The real program, as built beside the tests.
final class ServerProcess: @unchecked Sendable {
  private let process = Process()
  private let log: URL

  /// Starts `workledger-server`, or `workledger serve` where `byCommand`.
  init(_ arguments: [String], byCommand: Bool = false, in folder: String) throws {
    log = URL(filePath: folder + "/\(UUID().uuidString).log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    process.executableURL = Self.program(byCommand ? "workledger" : "workledger-server")
    process.arguments = (byCommand ? ["serve"] : []) + arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HOME": folder, "SWIFT_BACKTRACE": "enable=no"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
  }

  deinit { if process.isRunning { process.terminate() } }

  /// A program in the folder of the tests' own.
  static func program(_ name: String) -> URL {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: name)
  }

  /// What it has written to standard error.
  var errors: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// The port, as soon as it listens; fails after ten seconds, or when the program has ended.
  func port() throws -> UInt16 {
    for _ in 0..<1000 {
      if let match = errors.firstMatch(of: /"address":"https?:\/\/[^"]*:([0-9]+)\/"/) {
        return try #require(UInt16(match.1))
      }
      if !process.isRunning { break }
      usleep(10_000)
    }
    Issue.record("it does not listen: \(errors)")
    return 0
  }

  /// Sends a signal: kill(2).
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end; the exit status.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// A connection of which every byte is the test's own.
final class RawConnection {
  private let descriptor: Int32

  /// Connects to a port of 127.0.0.1; reads fail after `seconds`.
  init(port: UInt16, seconds: Int = 10) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(code == 0, "connect: errno \(errno)")
    var timeout = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends all bytes; false where the other side has closed: send(2).
  @discardableResult
  func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      offset += count
    }
    return true
  }

  /// Everything up to the end of the connection, or until nothing came for the time of the connection: recv(2).
  func receive(until isEnough: (String) -> Bool = { _ in false }) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !isEnough(String(decoding: bytes, as: UTF8.self)) {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The answer to one request on a connection that ends with it.
  static func get(_ path: String, port: UInt16) throws -> String {
    let connection = try RawConnection(port: port)
    connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return connection.receive()
  }
}
