internal import CLMDB
internal import Glibc
internal import Synchronization

/// The last line of defence against a damaged data file, for a program as a whole: where LMDB itself would end the
/// process, it ends with a message that names the file, and a status of its own.
///
/// When an environment is opened, its first pages are checked, but not all (`PageCheck`). In the others LMDB may meet
/// what it takes for impossible: it calls `mdb_assert_fail`, which would abort, or follows a number out of the file,
/// which is SIGBUS or SIGSEGV. So is a file that somebody cuts short, or a disk that fails, while it is mapped. Nothing
/// can be saved then, for LMDB may be anywhere in its work; what was committed is in the file, and the locks are robust.
///
/// A signal that has nothing to do with a data file goes on to whoever was to have it.
package enum DamageReport {
  /// What stands around the message, and behind it what to do.
  private struct Words {
    var opening: StaticString
    var advice: StaticString
    var closing: StaticString
    /// Two buffers, since nothing can be allocated when it is too late.
    var message: UnsafeMutableRawBufferPointer
    var lines: UnsafeMutableRawBufferPointer
    /// What was to be done about SIGBUS and SIGSEGV before. Never a variable at the top level or a static one: to a
    /// global `sigaction` 6.3.1 gives eight bytes less than sigaction(2) writes.
    var former: UnsafeMutablePointer<sigaction>
  }

  // Written once, before there is an environment or a handler.
  private nonisolated(unsafe) static var words: Words?
  private static let status = Atomic<Int32>(1)
  private static let isReporting = Atomic<Bool>(false)

  /// Turns it on, before the first environment is opened. sigaction(2).
  package static func enable(opening: StaticString, advice: StaticString, closing: StaticString) {
    precondition(words == nil, "it is turned on once")
    let former = UnsafeMutablePointer<sigaction>.allocate(capacity: 2)
    former.initialize(repeating: sigaction(), count: 2)
    words = Words(
      opening: opening, advice: advice, closing: closing,
      message: .allocate(byteCount: 8_192, alignment: 1), lines: .allocate(byteCount: 16_384, alignment: 1),
      former: former)
    // Else they might be made when they are first used, in the handler.
    status.store(1, ordering: .relaxed)
    isReporting.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_sigaction = { DamageReport.onFault($0, $1, $2) }
    // On the stack for signals, where the thread has one.
    action.sa_flags = Int32(SA_SIGINFO | SA_ONSTACK)
    sigaction(SIGBUS, &action, former)
    sigaction(SIGSEGV, &action, former + 1)
  }

  /// The status that the process ends with from now on; 1 where nothing is said.
  package static func end(with status: Int32) {
    Self.status.store(status, ordering: .relaxed)
  }

  /// Takes over what LMDB would abort for. `mdb_env_set_assert`.
  static func watch(_ environment: OpaquePointer) {
    if words == nil { return }
    mdb_env_set_assert(environment) { DamageReport.onAssertion($0, $1) }
  }

  private static func onAssertion(_ environment: OpaquePointer?, _ assertion: UnsafePointer<CChar>?) {
    var path: UnsafePointer<CChar>?
    if mdb_env_get_path(environment, &path) != 0 { path = nil }
    takeTurn()
    end(file: bytes(path), "/data.mdb", why: " is damaged: ", bytes(assertion))
  }

  // MARK: Signals

  private static func onFault(
    _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
  ) {
    guard let words, let info else { return }
    takeTurn()
    defer { isReporting.store(false, ordering: .releasing) }
    // Sent by somebody, and no fault.
    let isSent = info.pointee.si_code <= 0
    let address = UInt(bitPattern: info.pointee._sifields._sigfault.si_addr)
    if !isSent {
      if let file = dataFile(at: address, words.lines) {
        end(
          file: file, "", why: " is damaged, was cut short or can't be read: ",
          bytes("it leads to where there is nothing"))
      }
      // A pointer that a damaged page made LMDB believe it had.
      if address < 65_536, isInLMDB(programCounter(context), words.lines) {
        end(
          file: bytes("a data file of the ledger"), "", why: " is damaged: ",
          bytes("LMDB met a page that can't be"))
      }
    }
    // The instruction is done again, and then the fault is for who had the signal before.
    sigaction(number, words.former + (number == SIGBUS ? 0 : 1), nil)
    if isSent { raise(number) }
  }

  /// The path of the data file that is mapped at an address, or ends below it with nothing between: a value may seem to
  /// have up to 4 GiB.
  private static func dataFile(
    at address: UInt, _ buffer: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    // A path is overwritten with the lines behind it, so it is kept in the other half.
    let half = buffer.count / 2
    let kept = UnsafeMutableRawBufferPointer(rebasing: buffer[half...])
    var map = MemoryMap(UnsafeMutableRawBufferPointer(rebasing: buffer[..<half]))
    var count = 0
    var end: UInt = 0
    while let mapping = map.next(), mapping.start <= address {
      let isData = hasSuffix(mapping.path, "/data.mdb") && mapping.path.count <= kept.count
      count = isData ? mapping.path.count : 0
      if isData { kept.copyMemory(from: mapping.path) }
      end = mapping.end
    }
    guard count > 0, address < end || address - end < 1 << 32 else { return nil }
    return UnsafeRawBufferPointer(rebasing: kept[..<count])
  }

  /// Whether an address is one of the code of LMDB.
  private static func isInLMDB(_ address: UInt, _ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var map = MemoryMap(buffer)
    while let mapping = map.next(), mapping.start <= address {
      guard address < mapping.end, let path = mapping.path.baseAddress else { continue }
      let name = bytes("/liblmdb")
      return memmem(path, mapping.path.count, name.baseAddress, name.count) != nil
    }
    return false
  }

  /// Where the fault happened; 0 where that is not known.
  private static func programCounter(_ context: UnsafeMutableRawPointer?) -> UInt {
    guard let context else { return 0 }
    let machine = context.assumingMemoryBound(to: ucontext_t.self).pointee.uc_mcontext
    #if arch(x86_64)
      // REG_RIP
      return UInt(bitPattern: Int(machine.gregs.16))
    #elseif arch(arm64)
      return UInt(machine.pc)
    #else
      return 0
    #endif
  }

  /// One thread at a time has the buffers; as a rule it ends all the others.
  private static func takeTurn() {
    while isReporting.exchange(true, ordering: .acquiring) { poll(nil, 0, 1) }
  }

  // MARK: The message

  /// Writes one line and ends the process. write(2), _exit(2).
  private static func end(
    file: UnsafeRawBufferPointer, _ name: StaticString, why: StaticString, _ reason: UnsafeRawBufferPointer
  ) -> Never {
    if let words {
      var count = 0
      func add(_ text: UnsafeRawBufferPointer, isOurs: Bool = true) {
        for byte in text where count < words.message.count {
          // A path may have any bytes; the line may be one of JSON.
          let isPlain = isOurs || byte >= 0x20 && byte != 0x22 && byte != 0x5C
          words.message[count] = isPlain ? byte : 0x3F
          count += 1
        }
      }
      add(bytes(words.opening))
      add(file, isOurs: false)
      add(bytes(name))
      add(bytes(why))
      add(reason, isOurs: false)
      add(bytes(words.advice))
      add(bytes(words.closing))
      _ = write(STDERR_FILENO, words.message.baseAddress, count)
    }
    _exit(status.load(ordering: .relaxed))
  }

  private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  private static func bytes(_ text: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text, count: text.map { strlen($0) } ?? 0)
  }

  private static func hasSuffix(_ text: UnsafeRawBufferPointer, _ end: StaticString) -> Bool {
    let end = bytes(end)
    guard text.count >= end.count, let base = text.baseAddress, let other = end.baseAddress else {
      return false
    }
    return memcmp(base + text.count - end.count, other, end.count) == 0
  }
}
