import Evidence
import Foundation
import LedgerTestSupport
import Testing

/// The probes of transparency-dev/merkle (testdata, Apache 2.0): proofs that hold, and proofs damaged in every
/// way that its authors thought of.
struct `The probes` {
  private static let folder: String? = {
    let shared = ProcessInfo.processInfo.environment["WORKLEDGER_SHARED"]
    for folder in [shared, packageRoot + "/../shared"].compactMap({ $0 }) {
      let probes = folder + "/data/merkle-probes"
      if FileManager.default.fileExists(atPath: probes) { return probes }
    }
    print("the merkle probes are not at \(shared ?? "…/../shared")/data/merkle-probes; their test is skipped")
    return nil
  }()

  private struct Probe: Decodable {
    var leafIdx: UInt64?
    var treeSize: UInt64?
    var root: String?
    var leafHash: String?
    var size1: UInt64?
    var size2: UInt64?
    var root1: String?
    var root2: String?
    var proof: [String]?
    var desc: String
    var wantErr: Bool
  }

  @Test(.enabled(if: folder != nil)) func `get the answers that they want`() throws {
    let folder = try #require(Self.folder)
    let paths = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
    var counts = [true: 0, false: 0]
    for path in paths where path.hasSuffix(".json") {
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path))
      let probe = try JSONDecoder().decode(Probe.self, from: data)
      #expect(holds(probe) != probe.wantErr, "\(path): \(probe.desc)")
      counts[probe.wantErr, default: 0] += 1
    }
    #expect(counts[true, default: 0] >= 111, "all proofs that must fail were there")
    #expect(counts[false, default: 0] >= 6, "all proofs that must hold were there")
  }

  /// A hash of a proof that has not 32 bytes is refused where it is read, before any check.
  private func holds(_ probe: Probe) -> Bool {
    let texts = probe.proof ?? []
    let proof = texts.compactMap { Digest(base64: $0.utf8) }
    guard proof.count == texts.count else { return false }
    do {
      if let index = probe.leafIdx, let size = probe.treeSize {
        guard let leaf = Digest(base64: (probe.leafHash ?? "").utf8) else { return false }
        let tree = TreeHead(size: size, root: root(probe.root))
        try ProofCheck.inclusion(of: leaf, at: index, in: tree, proof: proof)
      } else {
        let old = TreeHead(size: probe.size1 ?? 0, root: root(probe.root1))
        let new = TreeHead(size: probe.size2 ?? 0, root: root(probe.root2))
        try ProofCheck.consistency(from: old, to: new, proof: proof)
      }
      return true
    } catch {
      return false
    }
  }

  /// Some probes have a few words in place of a root that does not matter: they are made as long as one.
  private func root(_ text: String?) -> Digest {
    let bytes = Base64.decode((text ?? "").utf8) ?? []
    return Digest(Array((bytes + [UInt8](repeating: 0, count: 32)).prefix(32))) ?? MerkleHash.empty
  }
}
