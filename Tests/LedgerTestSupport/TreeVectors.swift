package import Evidence

/// The eight leaves that Certificate Transparency's implementations are tested with, and what follows from them.
package enum TreeVectors {
  package static let leaves: [[UInt8]] = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
  ].compactMap { Hexadecimal.decode($0.utf8) }

  /// The roots of the trees of 0 to 8 of the leaves.
  package static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  package static let leafHashes = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
  ]

  /// The roots of trees whose entry i is the ASCII decimal of i.
  package static let decimalRoots: [(Int, String)] = [
    (255, "32f85bcaa87d7bcd05728f09e9aeba350ba6a2f733830087f0597682848be5cb"),
    (256, "828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1"),
    (257, "1eda049a4351d86f76252bd7ec0b7746ad75b7fa0316ad5f541dbda458a312c4"),
    (1000, "638afa98022925bacfddadb15ef22fd0199c1ac99c2973b6158243d13fce05c2"),
    (65536, "f025d06ed804859fd274a1bdacadd6e48ea87634aa91e1edb20143f9498cd02b"),
  ]

  package static func decimalLeaf(_ number: Int) -> [UInt8] { Array(String(number).utf8) }
}

/// The root of a tree as RFC 6962, section 2.1 writes it, leaf by leaf: slow, and plainly right.
package func naiveRoot(_ leaves: ArraySlice<Digest>) -> Digest {
  guard let only = leaves.first else { return MerkleHash.empty }
  if leaves.count == 1 { return only }
  var half = 1
  while 2 * half < leaves.count { half *= 2 }
  let middle = leaves.startIndex + half
  return MerkleHash.node(naiveRoot(leaves[..<middle]), naiveRoot(leaves[middle...]))
}

/// The root of a perfect subtree, by the naive recursion.
package func subtreeRoot(_ subtree: Subtree, _ leaves: [Digest]) -> Digest {
  let start = Int(subtree.index) << subtree.level
  return naiveRoot(leaves[start..<start + 1 << subtree.level])
}
