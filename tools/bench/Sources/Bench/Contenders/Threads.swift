import Glibc

/// Runs a body on so many threads that begin together; returns the seconds until the last has ended.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Double {
  let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)
  pthread_barrier_init(barrier, nil, UInt32(count) + 1)
  defer {
    pthread_barrier_destroy(barrier)
    barrier.deallocate()
  }
  var threads: [pthread_t] = []
  for index in 0..<count {
    let work = Unmanaged.passRetained(Work(index, barrier, body))
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, runWork, work.toOpaque())
    precondition(code == 0, "no thread can be made: \(code)")
    threads.append(thread)
  }
  pthread_barrier_wait(barrier)
  return time { for thread in threads { pthread_join(thread, nil) } }
}

private func runWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
  return nil
}

/// What one thread does.
private final class Work {
  let index: Int
  let barrier: UnsafeMutablePointer<pthread_barrier_t>
  let body: @Sendable (Int) -> Void

  init(
    _ index: Int, _ barrier: UnsafeMutablePointer<pthread_barrier_t>,
    _ body: @escaping @Sendable (Int) -> Void
  ) {
    (self.index, self.barrier, self.body) = (index, barrier, body)
  }

  func run() {
    pthread_barrier_wait(barrier)
    body(index)
  }
}
