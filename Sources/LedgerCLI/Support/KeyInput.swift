import ArgumentParser
import Evidence

/// Keys as they are given on the command line.
enum KeyInput {
  /// A public key, or what is wrong with it.
  static func verifier(_ text: String) throws -> VerifierKey {
    do {
      return try VerifierKey(parsing: text)
    } catch {
      throw ValidationError("'\(text)': \(error)")
    }
  }

  /// The private key in a file of one line.
  static func signer(file path: String) throws -> SignerKey {
    var text = String(decoding: try WholeFile.read(path, limit: 4096), as: UTF8.self)
    if text.last == "\n" { text.removeLast() }
    do {
      return try SignerKey(parsing: text)
    } catch {
      throw Failure(.failed, "\(path): \(error)")
    }
  }

  /// 32 random bytes: getrandom(2).
  static func seed() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}
