import ArgumentParser
import WorkloadModel

/// Checks a text from the command line as the ledger will, so that the message can name the option.
func checked(_ text: String, _ what: String, limit: Int = Limits.name, multiline: Bool = false) throws
  -> String
{
  var text = text
  text.makeContiguousUTF8()
  if let flaw = TextFlaw.find(in: text.utf8.span, limit: limit, multiline: multiline) {
    throw Failure(.usage, "\(what) \(flaw.explanation)")
  }
  return text
}

/// The amounts as they are typed.
enum AmountInput {
  /// CPUs or GPUs in thousandths.
  static func thousandths(_ text: String) throws -> Int64 {
    guard let value = Quantity.thousandths(text) else {
      throw ValidationError("'\(text)' is no amount; write 4, 0.5 or 500m, 0 or more")
    }
    return value
  }

  /// Memory in bytes.
  static func bytes(_ text: String) throws -> Int64 {
    guard let value = Quantity.bytes(text) else {
      throw ValidationError("'\(text)' is no size; write 64Gi, 512MiB, 1.5G or a number of bytes, 0 or more")
    }
    return value
  }
}
