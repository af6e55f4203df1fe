import EventStore
import Evidence
import LMDB
import WorkloadModel

/// Makes proofs over one snapshot of the log. Roots that were looked up or put together once are kept, since the
/// proofs of neighbours share most of them.
struct ProofMaker: ~Copyable {
  let log: EventLog
  /// The tree that everything is proven in.
  let head: TreeHead
  private var roots: [Subtree: Digest] = [:]

  init(_ log: EventLog, _ head: TreeHead) {
    self.log = log
    self.head = head
  }

  /// The record at a position and the proof that the tree has it.
  mutating func record(
    at position: UInt64, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> ProvenRecord {
    guard let plan = ProofPlan.inclusion(of: position &- 1, in: head.size),
      let record = try records.get(log.events, position)
    else { throw .damaged(position: position, why: "it is missing in the log") }
    let bytes = record.withUnsafeBytes { Array($0) }
    let proof = try self.proof(plan, records)
    // What was just made is held against the root, so that no proof is given out that a stranger would refuse.
    do throws(ProofFlaw) {
      try ProofCheck.inclusion(of: MerkleHash.leaf(bytes), at: position - 1, in: head, proof: proof)
    } catch {
      throw .damaged(
        position: position, why: "it is not under the tree of \(head.size) records: run 'workledger verify'")
    }
    return ProvenRecord(position: position, record: bytes, proof: proof)
  }

  /// The hashes of a plan.
  mutating func proof(
    _ plan: ProofPlan, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> [Digest] {
    for subtree in plan.subtrees where roots[subtree] == nil {
      roots[subtree] = try log.tree.root(of: subtree, records)
    }
    let known = roots
    return plan.proof { known[$0] ?? MerkleHash.empty }
  }
}
