import Evidence

/// Checkpoints as they are given on the command line: files.
enum CheckpointInput {
  /// Reads one; `-` is standard input. Its signatures are not looked at.
  static func read(_ path: String) throws -> SignedCheckpoint {
    do {
      return try SignedCheckpoint(parsing: try WholeFile.read(path, limit: SignedNote.maxBytes))
    } catch let flaw as FormatError {
      throw Failure(.failed, "\(path == "-" ? "standard input" : path): \(flaw)")
    }
  }
}
