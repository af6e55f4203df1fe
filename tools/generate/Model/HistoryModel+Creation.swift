import WorkloadModel

// What a workload is called, where it opens and what is stuck to it.
extension HistoryModel {
  /// A `created` event with all its fields.
  mutating func creation(
    of workload: LiveWorkload, by actor: Int, _ batch: inout EventBatch
  ) -> ProposedEvent {
    var event = event(.created, of: workload, by: actor, reportedBy: cast.reporter(ofUser: actor), &batch)
    event.occurredAt = Timestamp(microseconds: workload.createdAt)
    event.cluster = reference(cast.cluster(Int(workload.cluster)), &batch)
    event.owner = reference(workload.user, &batch)
    event.type = workload.type
    event.resources = workload.resources
    let bits = random.next()
    event.name = name(of: workload, bits, &batch)
    if workload.type == .workspace { event.url = url(of: workload, &batch) }
    if bits >> 60 < 5 { event.sourceID = sourceID(of: workload, bits, &batch) }
    if workload.type == .training, bits >> 56 & 15 == 0 {
      event.labels = text(texts.customLabels, 0, &batch)
    } else if bits >> 52 & 15 < 6 {
      event.labels = anyText(texts.labels, &batch)
    }
    return event
  }

  private mutating func name(
    of workload: LiveWorkload, _ bits: UInt64, _ batch: inout EventBatch
  ) -> TextRange {
    scratch.removeAll(keepingCapacity: true)
    if bits & 63 == 0 {
      texts.unusualNames.write(random.below(texts.unusualNames.count), to: &scratch)
      return batch.addText(scratch.span)
    }
    let profile = Int(workload.type.rawValue) - 1
    profiles[profile].stems.write(random.below(profiles[profile].stems.count), to: &scratch)
    scratch.append(UInt8(ascii: "-"))
    switch bits >> 6 & 3 {
    case 0:
      scratch.append(UInt8(ascii: "v"))
      appendDecimal(bits >> 8 & 31 + 1, to: &scratch)
    case 1:
      scratch.append(contentsOf: "run".utf8)
      appendDecimal(workload.serial, to: &scratch)
    default: appendLetters(bits >> 8, count: 5)
    }
    return batch.addText(scratch.span)
  }

  private mutating func url(of workload: LiveWorkload, _ batch: inout EventBatch) -> TextRange {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: "https://workspaces.example.org/ws-".utf8)
    appendDecimal(workload.serial, to: &scratch)
    scratch.append(contentsOf: "/lab?folder=home&reset=0".utf8)
    return batch.addText(scratch.span)
  }

  private mutating func sourceID(
    of workload: LiveWorkload, _ bits: UInt64, _ batch: inout EventBatch
  ) -> TextRange {
    scratch.removeAll(keepingCapacity: true)
    if bits >> 40 & 1 == 0 {
      scratch.append(contentsOf: "slurm-".utf8)
      appendDecimal(4_000_000 + workload.serial, to: &scratch)
    } else {
      scratch.append(contentsOf: "k8s/jobs/".utf8)
      appendLetters(bits >> 12, count: 5)
      scratch.append(UInt8(ascii: "-"))
      appendDecimal(workload.serial, to: &scratch)
    }
    return batch.addText(scratch.span)
  }

  /// Letters as Kubernetes takes them for generated names: none that look alike, no vowels.
  private mutating func appendLetters(_ bits: UInt64, count: Int) {
    let alphabet: StaticString = "bcdfghjklmnpqrstvwxz2456789"
    var rest = bits
    for _ in 0..<count {
      let place = Int(rest % UInt64(alphabet.utf8CodeUnitCount))
      scratch.append(alphabet.withUTF8Buffer { $0[place] })
      rest /= UInt64(alphabet.utf8CodeUnitCount)
    }
  }
}

/// Appends an unsigned number in decimal.
func appendDecimal(_ value: UInt64, to bytes: inout [UInt8]) {
  var divisor: UInt64 = 1
  while value / divisor >= 10 { divisor *= 10 }
  while divisor > 0 {
    bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / divisor % 10))
    divisor /= 10
  }
}
