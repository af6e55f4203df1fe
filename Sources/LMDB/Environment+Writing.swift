internal import CLMDB
internal import Synchronization

extension Environment {
  /// Runs `body` as the one writer: its return commits, its throw aborts. `mdb_txn_begin`, `mdb_txn_commit`.
  ///
  /// When the map is full it is grown and `body` runs again from the start, on the state before. So `body`
  /// must be repeatable: what it changes outside of its transaction it must first reset. This holds also if
  /// `body` swallowed the error.
  ///
  /// A failed commit leaves the state before. After `.panic` the environment must be opened again.
  package func write<R, E: StorageFailure>(
    _ body: (inout WriteTransaction) throws(E) -> R
  ) throws(E) -> R {
    // Each growth at least doubles the map, so the address space ends this loop early.
    for _ in 0..<64 {
      switch try attempt(body) {
      case .committed(let result): return result
      case .tablesWereOpened: continue
      case .mapWasFull(let size):
        do { try grow(beyond: size) } catch { throw E(storage: error) }
      }
    }
    throw E(storage: failure(MDB_MAP_FULL, "mdb_txn_commit", path: path))
  }

  private enum Attempt<R> {
    case committed(R)
    case mapWasFull(Int)
    case tablesWereOpened
  }

  private func attempt<R, E: StorageFailure>(
    _ body: (inout WriteTransaction) throws(E) -> R
  ) throws(E) -> Attempt<R> {
    let generation = tables.generation.load(ordering: .acquiring)
    let pointer: OpaquePointer
    do { pointer = try begin(writing: true) } catch { throw E(storage: error) }
    let size = mapSize
    var transaction = WriteTransaction(pointer, of: self, generation: generation)
    var isLive = true
    defer {
      if isLive {
        mdb_txn_abort(pointer)
        trace?(.abort)
      }
      if transaction.isOpeningTables { tables.endOpening() }
      gate.leave(writing: true)
    }
    let result: R
    do throws(E) {
      result = try body(&transaction)
    } catch {
      if transaction.restart == .no { throw error }
      return transaction.restart == .mapIsFull ? .mapWasFull(size) : .tablesWereOpened
    }
    switch transaction.restart {
    case .mapIsFull: return .mapWasFull(size)
    case .tablesChanged: return .tablesWereOpened
    case .no: break
    }
    isLive = false
    let code = mdb_txn_commit(pointer)
    trace?(code == 0 ? .commit : .abort)
    if code == MDB_MAP_FULL { return .mapWasFull(size) }
    guard code == 0 else {
      throw E(storage: failure(folder.meaning(of: code), "mdb_txn_commit", path: path))
    }
    tables.keep(transaction.openedTables)
    return .committed(result)
  }
}
