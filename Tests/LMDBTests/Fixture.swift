import Glibc
import LMDB
import Synchronization

/// A folder for one test, removed with everything in it at the end.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/lmdb-tests-XXXXXX\0".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure(call: "mkdtemp", code: errno) }
    path = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  deinit {
    removeTree(path)
  }

  func folder(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    guard mkdir(folder, 0o755) == 0 else { throw SystemFailure(call: "mkdir", code: errno) }
    return folder
  }
}

struct SystemFailure: Error {
  let call: String
  let code: Int32
}

private func removeTree(_ path: String) {
  if let folder = opendir(path) {
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let child = "\(path)/\(name)"
      if unlink(child) != 0 { removeTree(child) }
    }
    closedir(folder)
  }
  rmdir(path)
}

/// A thread of its own: blocking one of Swift's would take half of them on a small machine.
final class BackgroundThread: Sendable {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let thread: pthread_t

  init(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Work(body)).toOpaque()
    let code = pthread_create(
      &thread,
      nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      },
      argument
    )
    precondition(code == 0, "a test needs its thread")
    self.thread = thread
  }

  func join() {
    pthread_join(thread, nil)
  }
}

/// What several threads write down.
final class Notes<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])

  func add(_ element: Element) {
    elements.withLock { $0.append(element) }
  }

  var all: [Element] {
    elements.withLock { $0 }
  }
}

func options(_ change: (inout EnvironmentOptions) -> Void = { _ in }) -> EnvironmentOptions {
  var options = EnvironmentOptions()
  options.mapSize = 64 << 20
  change(&options)
  return options
}

/// An environment with one table.
struct Fixture {
  let folder: TemporaryFolder
  let environment: Environment
  let table: Table

  init(_ order: KeyOrder = .integer, _ options: EnvironmentOptions = options()) throws {
    folder = try TemporaryFolder()
    environment = try Environment(path: folder.path, options: options)
    table = try environment.openTable("things", order)
  }
}

extension Environment {
  func openTable(_ name: String, _ order: KeyOrder) throws(LMDBError) -> Table {
    try write { (transaction) throws(LMDBError) in try transaction.openTable(name, order) }
  }

  func put(_ table: Table, _ key: UInt64, _ value: [UInt8]) throws(LMDBError) {
    try write { (transaction) throws(LMDBError) in try transaction.put(table, key, value.span.bytes) }
  }

  func get(_ table: Table, _ key: UInt64) throws(LMDBError) -> [UInt8]? {
    try read { (transaction) throws(LMDBError) in try transaction.get(table, key)?.array }
  }

  func count(_ table: Table) throws(LMDBError) -> Int {
    try read { (transaction) throws(LMDBError) in try transaction.count(table) }
  }

  /// Many values of 4,000 bytes, one page each, in one transaction.
  func fill(_ table: Table, _ keys: Range<UInt64>) throws(LMDBError) {
    let value = page
    try write { (transaction) throws(LMDBError) in
      for key in keys { try transaction.append(table, key, value.span.bytes) }
    }
  }
}

let page = [UInt8](repeating: 7, count: 4_000)

extension RawSpan {
  var array: [UInt8] {
    withUnsafeBytes { Array($0) }
  }
}

func code(_ body: () throws -> Void) -> LMDBError.Code? {
  do {
    try body()
    return nil
  } catch let error as LMDBError {
    return error.name
  } catch {
    return LMDBError.Code(rawValue: .min)
  }
}
