import Exchange
import Glibc
import LedgerTestSupport

/// The folder of the real data sets; nil where this machine does not have it.
let sharedData: String? = {
  var candidates: [String] = []
  if let folder = getenv("WORKLEDGER_SHARED") { candidates.append(String(cString: folder)) }
  candidates.append(packageRoot + "/../shared")
  for folder in candidates where access(folder + "/data/openb", R_OK) == 0 { return folder + "/data" }
  print("the real data sets are not at \(candidates.joined(separator: " or ")); their tests are skipped")
  return nil
}()

/// A mapping of the repository.
func exampleMapping(_ name: String) throws -> Mapping {
  try Mapping(file: packageRoot + "/schemas/mapping/examples/\(name).json")
}

/// Writes a file.
func write(_ bytes: [UInt8], to path: String) {
  let file = fopen(path, "w")
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}

/// A gzip member of stored blocks (RFC 1951 section 3.2.4), so that no compressor is needed.
func gzip(_ bytes: [UInt8], blockSize: Int = 65_535) -> [UInt8] {
  var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var start = 0
  repeat {
    let count = min(blockSize, bytes.count - start)
    result.append(start + count == bytes.count ? 1 : 0)
    for value in [count, ~count] { result += [UInt8(value & 255), UInt8(value >> 8 & 255)] }
    result += bytes[start..<start + count]
    start += count
  } while start < bytes.count
  for value in [crc32(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      result.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
  return result
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  var sum: UInt32 = .max
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
  return ~sum
}
