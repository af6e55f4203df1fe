import WorkloadModel

/// Reasons, causes and the unusual names and labels, as bytes.
struct Texts: Sendable {
  let failures = TextTable([
    "exit code 1", "exit code 137: out of memory", "CUDA error: device-side assert triggered",
    "NCCL timeout on rank 3", "loss is NaN at step 1800", "FileNotFoundError: /data/train.parquet",
    "no space left on device", "exit code 139: segmentation fault", "ei löytynyt: /scratch/mallit/poro",
  ])
  let earlyFailures = TextTable([
    "image can't be pulled: manifest unknown", "volume claim 'datasets' is not bound",
    "no node of the cluster has the GPU model",
  ])
  let causes: TextTable
  let contactLosses = TextTable([
    "node gpu-017 does not answer", "agent heartbeat missed for 300 s", "network partition: rack 4",
  ])
  let deletionFailures = TextTable([
    "volume is still mounted", "finalizer timed out after 600 s", "namespace is terminating",
    "permission denied: /scratch", "agent not reachable",
  ])
  let deletionReasons = TextTable([
    "no longer needed", "wrong dataset", "retention: 30 days", "frees quota", "käyttäjä lähti",
  ])
  /// Names that programs get wrong: other scripts, both directions, markup, quotes, composed characters.
  let unusualNames = TextTable([
    "训练-视觉-大模型", "тонкая-настройка", "تدريب-نموذج", "מודל-שפה", "größe-überprüfung", "モデル評価",
    "<script>alert('x')</script>", "\"quoted\" \\ name", "a  b   c", "🚀-run", "cafe\u{301}-caption",
    "gpj\u{202E}txt.model", "../../etc/passwd", "'; DROP TABLE workloads; --", "=1+1", "İstanbul-ASR",
    "名前-𠮷野家", "ﬁne-tuning ½", "&lt;b&gt;", "-n",
  ])
  /// Labels as the batch stores them.
  let labels: TextTable
  /// The labels that the alias `Custom` becomes.
  let customLabels: TextTable

  init() {
    causes = TextTable(Course.allCases.map { $0.cause ?? "" })
    labels = Self.stored([
      [("team", "nlp")], [("team", "cv"), ("priority", "high")], [("framework", "pytorch")],
      [("framework", "jax"), ("experiment", "exp-17")], [("priority", "low")],
      [("team", "アジア"), ("cost-center", "4711")], [("managed-by", "argo"), ("stage", "nightly")],
      [("framework", "pytorch"), ("precision", "bf16"), ("team", "nlp")], [("note", "a=b, \"c\"")],
    ])
    customLabels = Self.stored([[("type", "Custom")]])
  }

  private static func stored(_ sets: [[(key: String, value: String)]]) -> TextTable {
    var table = TextTable([])
    for set in sets {
      var batch = EventBatch()
      _ = batch.addLabels(set)
      table.append(batch.bytes)
    }
    return table
  }
}

extension HistoryModel {
  /// One text of a table as an event's text.
  mutating func text(_ table: TextTable, _ index: Int, _ batch: inout EventBatch) -> TextRange {
    scratch.removeAll(keepingCapacity: true)
    table.write(index, to: &scratch)
    return batch.addText(scratch.span)
  }

  /// Any text of a table.
  mutating func anyText(_ table: TextTable, _ batch: inout EventBatch) -> TextRange {
    text(table, random.below(table.count), &batch)
  }
}
