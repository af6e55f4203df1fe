internal import Glibc
package import WorkloadModel

/// The clock of this machine, for the programs that pass the time in: nothing in the ledger reads it by itself.
package enum SystemClock {
  /// The time by which this machine goes: clock_gettime(2).
  package static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
