import Evidence
import WorkloadModel

extension EvidenceReport {
  /// Writes what was proven, the records, and what was not. Without names, numbers stand in their place:
  /// `actorNumber` for `actor`.
  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("log", checkpoint.origin)
      $0.field("size", checkpoint.head.size)
      $0.field("root", checkpoint.head.root.base64)
      $0.field("signedBy", log.description)
      $0.key("cosignatures")
      $0.array {
        for signature in cosignatures {
          $0.object {
            $0.field("name", signature.key.name.text)
            $0.field("time", signature.moment)
          }
        }
      }
      if hasPolicy { $0.field("policyMet", true) }
      writeClaim(to: &$0)
      $0.key("proven")
      $0.array { for sentence in proven { $0.string(sentence) } }
      $0.key("notProven")
      $0.array { for sentence in notProven { $0.string(sentence) } }
      $0.key("records")
      $0.array { for row in EvidenceRow.rows(self) { row.write(to: &$0) } }
    }
  }

  private func writeClaim(to json: inout JSONWriter) {
    switch content {
    case .record(let position, let bytes):
      json.field("position", position)
      json.field("leaf", MerkleHash.leaf(bytes).base64)
    case .bundle(let checked):
      json.field("question", checked.bundle.question)
      switch checked.bundle.completeness {
      case .none: json.field("completeness", "none")
      case .stream: json.field("completeness", "stream")
      case .project: json.field("completeness", "project")
      }
    }
  }
}

extension EvidenceRow {
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("position", position)
      $0.field("type", type)
      $0.field("subject", workload)
      $0.field("time", Self.valid(facts.occurredAt))
      $0.field("recordedtime", Self.valid(facts.recordedAt))
      guard event != nil else { return }
      if let name {
        $0.field("actor", name(facts.actor))
        $0.field("reporter", name(facts.reporter))
        if facts.project != 0 { $0.field("project", name(facts.project)) }
      } else {
        $0.field("actorNumber", facts.actor)
        $0.field("reporterNumber", facts.reporter)
        $0.field("projectNumber", facts.project)
      }
      $0.field("version", facts.version)
      $0.field("applied", isApplied)
    }
  }

  /// A time, unless the record's number is none.
  private static func valid(_ microseconds: Int64) -> Timestamp? {
    let time = Timestamp(microseconds: microseconds)
    return time.isValid ? time : nil
  }
}
