import Dispatch
import Ledger
import LedgerTestSupport
import Synchronization
import Testing
import WorkloadModel

/// Groups with a commit that only takes down who is in it; a member is known by its time.
struct `Callers that share commits` {
  private static func member(_ number: Int) -> CommitMember {
    CommitMember(now: Timestamp(microseconds: Int64(number)))
  }

  private static func numbers(_ members: [CommitMember]) -> [Int] { members.map { Int($0.now.microseconds) } }

  /// Whether it comes to an end: who waits here without patience waits for ever.
  private static func ends(_ body: @escaping @Sendable () -> Void) -> Bool {
    let end = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      body()
      end.signal()
    }
    return end.wait(timeout: .now() + .seconds(60)) == .success
  }

  @Test func `wait for nobody where one is alone`() {
    let groups = CommitGroups(patience: .never)
    let commits = Mutex<[[Int]]>([])
    let isOver = Self.ends {
      for number in 0..<100 {
        for count in [2, 1] {
          let members = (0..<count).map { _ in Self.member(number) }
          groups.submit(members) { members in commits.withLock { $0.append(Self.numbers(members)) } }
        }
      }
    }
    #expect(isOver)
    #expect(commits.withLock { $0 } == (0..<100).flatMap { [[$0, $0], [$0]] })
  }

  @Test func `wait for one that was woken and comes again`() {
    let groups = CommitGroups(patience: .never)
    let commits = Mutex<[[Int]]>([])
    let first = DispatchSemaphore(value: 0)
    let take: @Sendable ([CommitMember]) -> Void = { members in
      commits.withLock { $0.append(Self.numbers(members)) }
    }
    let isOver = Self.ends {
      onThreads(2) { thread in
        if thread == 0 {
          groups.submit([Self.member(1)]) { members in
            take(members)
            first.signal()
            while groups.waitingCallers == 0 {}
          }
          groups.submit([Self.member(3)], take)
        } else {
          first.wait()
          groups.submit([Self.member(2)], take)
        }
      }
    }
    #expect(isOver)
    #expect(commits.withLock { $0 } == [[1], [2, 3]])
  }

  @Test func `do not wait for one that stays away`() {
    let groups = CommitGroups(patience: .microseconds(1))
    let commits = Mutex<[[Int]]>([])
    let first = DispatchSemaphore(value: 0)
    onThreads(2) { thread in
      if thread == 1 { first.wait() }
      groups.submit([Self.member(thread)]) { members in
        commits.withLock { $0.append(Self.numbers(members)) }
        guard thread == 0 else { return }
        first.signal()
        while groups.waitingCallers == 0 {}
      }
    }
    #expect(commits.withLock { $0 } == [[0], [1]])
  }

  @Test func `are each committed once, in their order, and never two groups at a time`() {
    let (threads, rounds) = (24, 200)
    let groups = CommitGroups()
    let isCommitting = Atomic<Bool>(false)
    let commits = Mutex<[[Int]]>([])
    let overlaps = Atomic<Int>(0)
    onThreads(threads) { thread in
      for round in 0..<rounds {
        // Every third caller brings two.
        let number = (thread * rounds + round) * 2
        groups.submit((0...(thread % 3 == 0 ? 1 : 0)).map { Self.member(number + $0) }) { members in
          if isCommitting.exchange(true, ordering: .acquiringAndReleasing) {
            overlaps.wrappingAdd(1, ordering: .relaxed)
          }
          commits.withLock { $0.append(Self.numbers(members)) }
          isCommitting.store(false, ordering: .releasing)
        }
      }
    }
    #expect(overlaps.load(ordering: .relaxed) == 0)
    let all = commits.withLock { $0.flatMap(\.self) }
    #expect(all.count == threads * rounds + threads / 3 * rounds)
    for thread in 0..<threads {
      let own = all.filter { $0 / 2 / rounds == thread }
      #expect(own == own.sorted() && Set(own).count == own.count)
    }
  }

  @Test func `fail alone where one is bad among many`() {
    let groups = CommitGroups()
    let wrong = Atomic<Int>(0)
    let failedGroups = Atomic<Int>(0)
    onThreads(24) { thread in
      for round in 0..<100 {
        let members = [Self.member(thread), Self.member(thread + round)]
        groups.submit(members) { (members) throws(LedgerError) in
          guard Self.numbers(members).contains(where: { $0 % 8 == 0 }) else { return }
          if members.count > 1 { failedGroups.wrappingAdd(1, ordering: .relaxed) }
          throw .usage("bad")
        }
        for member in members where (member.error == nil) == (member.now.microseconds % 8 == 0) {
          wrong.wrappingAdd(1, ordering: .relaxed)
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(failedGroups.load(ordering: .relaxed) > 0)
  }
}
