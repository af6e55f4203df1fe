import Foundation
import LedgerTestSupport
import Testing

/// The folder of the real data sets; nil where this machine does not have it.
let sharedData: String? = {
  let folder = ProcessInfo.processInfo.environment["WORKLEDGER_SHARED"]
  let candidates = [folder, packageRoot + "/../shared"].compactMap { $0 }
  for folder in candidates where FileManager.default.isReadableFile(atPath: folder + "/data/openb") {
    return folder + "/data"
  }
  print("the real data sets are not at \(candidates.joined(separator: " or ")); their tests are skipped")
  return nil
}()

/// `tools/validate`, which knows the schemas and nothing of this program.
enum Validator {
  static let isThere = OtherProgram.pythonHas("jsonschema, referencing")
  static let why: Comment = "python3 with the package jsonschema is not installed, so nothing was validated"

  /// Validates lines; 0 where all are as the schema says, 1 where not.
  static func run(_ arguments: [String], input: String) throws -> Int32 {
    try OtherProgram.python([packageRoot + "/tools/validate"] + arguments, input: Array(input.utf8)).status
  }
}

/// `tools/read_log.py`, which reads a ledger's log after `schemas/storage.md` alone.
enum LogReader {
  static let isThere = OtherProgram.pythonHas("lmdb")
  static let why: Comment = "python3 with the package lmdb is not installed, so no other program read the log"

  /// 0 where every record, link and name is as the page says, 1 where not.
  static func check(_ ledger: String) throws -> Int32 {
    try OtherProgram.python([packageRoot + "/tools/read_log.py", "--check", ledger]).status
  }

  /// Cuts the entry of a name down to that of one which was destroyed, behind the program's back.
  static func hide(name number: Int, in ledger: String) throws -> Int32 {
    let script = """
      import lmdb, struct, sys
      environment = lmdb.open(sys.argv[1] + "/log", max_dbs=16)
      names = environment.open_db(b"names", create=False)
      with environment.begin(write=True, db=names) as transaction:
        key = struct.pack("=Q", int(sys.argv[2]))
        entry = transaction.get(key)
        transaction.put(key, entry[:1] + bytes(16) + entry[17:23])
      """
    return try OtherProgram.python(["-c", script, ledger, String(number)]).status
  }
}
