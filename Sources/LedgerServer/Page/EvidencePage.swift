import Evidence
import Ledger
import Presentation
import WorkloadModel

/// The page of what proves a workload's timeline.
struct EvidencePage {
  var details: WorkloadDetails
  /// The newest one that was given out; nil where there is none.
  var checkpoint: SignedCheckpoint?
  /// The key that signs, as the ledger itself says.
  var key: VerifierKey?
  /// The records of the timeline that the checkpoint reaches, with their proofs.
  var records: [ProvenRecord] = []

  private var workload: Workload { details.workload }

  var values: PageValues {
    var values: PageValues = [
      "title": "Evidence for \(workload.name)", "name": workload.name, "id": workload.id.description,
      "place": [
        ["text": workload.project, "address": PageAddress.workloads(of: workload.project)],
        ["text": workload.name, "address": PageAddress.workload(workload.id)],
        ["text": "Evidence"],
      ],
      "hasRecords": !records.isEmpty, "records": records.map(row), "reach": reach,
      "proof": PageAddress.proof(of: workload.id), "key": key?.description ?? "",
    ]
    if let checkpoint {
      let head = checkpoint.checkpoint.head
      values["checkpoint"] = [
        "note": String(decoding: checkpoint.bytes, as: UTF8.self), "size": HumanText.number(head.size),
        "root": head.root.base64, "origin": checkpoint.checkpoint.origin,
      ]
    }
    return values
  }

  /// How far the checkpoint reaches.
  private var reach: String {
    let (all, reached) = (details.timeline.count, records.count)
    if reached == all {
      return "It reaches the whole timeline of this workload: \(HumanText.count(all, "record"))."
    }
    let rest = "'workledger checkpoint' signs a newer one."
    if reached == 0 { return "This workload was created after it: \(rest)" }
    return
      "It reaches the first \(HumanText.number(reached)) of the \(HumanText.count(all, "record")) of this workload: \(rest)"
  }

  private func row(_ record: ProvenRecord) -> PageValues {
    let event = details.timeline.first { $0.position == record.position }
    return [
      "position": record.position, "event": event?.kind.label ?? "", "actor": event?.actor ?? "unknown",
      "leaf": MerkleHash.leaf(record.record).base64,
      "length": HumanText.count(record.proof.count, "hash", "hashes"),
      "path": record.proof.map { ["hash": $0.base64] as PageValues },
    ]
  }
}
