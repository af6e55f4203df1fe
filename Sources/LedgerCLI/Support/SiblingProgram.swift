import Glibc

/// A program that stands in the same folder as this one.
struct SiblingProgram {
  /// Where it is.
  let path: String

  /// Finds it; refused where it is not there or can't be run: readlink(2) of `/proc/self/exe`, access(2).
  init(_ name: String) throws {
    var text = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &text, text.count)
    let bytes = text.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    guard count < text.count, let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else {
      throw Failure(.failed, "can't find out where this program is, beside which \(name) should be")
    }
    path = String(decoding: bytes[...slash], as: UTF8.self) + name
    guard access(path, X_OK) == 0 else {
      throw Failure(
        .failed, "\(path) can't be run (\(System.text(of: errno))): it comes with this program; put it there")
    }
  }

  /// Becomes that program, with these arguments: execv(3). Only returns to say why not.
  func become(_ arguments: [String]) throws -> Never {
    var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    pointers.append(nil)
    execv(path, &pointers)
    let code = errno
    for pointer in pointers { free(pointer) }
    throw Failure(.failed, "\(path) can't be run: \(System.text(of: code))")
  }
}
