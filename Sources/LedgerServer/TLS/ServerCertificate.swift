import Ledger
import NIOCore
import NIOSSL
import Synchronization
import WorkloadModel

/// The certificate that the server shows, and its key, as their files had them last.
final class ServerCertificate: Sendable {
  private let chainPath: String
  private let keyPath: String
  private let current: Mutex<Pair>

  private struct Pair {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
  }

  /// Reads the files; the error says which is wrong, and how.
  init(chainPath: String, keyPath: String) throws(ConfigurationError) {
    self.chainPath = chainPath
    self.keyPath = keyPath
    current = Mutex(try Self.read(chainPath, keyPath))
  }

  /// Reads the files again. Where they do not hold, what was read before stays.
  func reload() throws(ConfigurationError) {
    let pair = try Self.read(chainPath, keyPath)
    current.withLock { $0 = pair }
  }

  /// When the certificate ends.
  var end: Timestamp {
    let seconds = current.withLock { $0.chain.first?.notValidAfter ?? 0 }
    return Timestamp(microseconds: Int64(seconds) * 1_000_000)
  }

  /// Whether others than the owner of the key's file may read it.
  var isKeyOpenToOthers: Bool { PrivateFile.isOpenToOthers(keyPath) }

  /// TLS 1.2 and 1.3. Each handshake takes the pair that was read last.
  var configuration: TLSConfiguration {
    var configuration = Self.configuration(current.withLock { $0 })
    configuration.sslContextCallback = { [self] _, promise in
      let pair = current.withLock { $0 }
      var override = NIOSSLContextConfigurationOverride()
      override.certificateChain = pair.chain.map { .certificate($0) }
      override.privateKey = .privateKey(pair.key)
      promise.succeed(override)
    }
    return configuration
  }

  // MARK: Files

  private static let maxFileLength = 1 << 20

  private static func configuration(_ pair: Pair) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
    configuration.minimumTLSVersion = .tlsv12
    return configuration
  }

  private static func read(_ chainPath: String, _ keyPath: String) throws(ConfigurationError) -> Pair {
    let chainBytes = try bytes(of: chainPath)
    guard let chain = try? NIOSSLCertificate.fromPEMBytes(chainBytes), !chain.isEmpty else {
      throw ConfigurationError("\(chainPath): it has no certificate in PEM ('-----BEGIN CERTIFICATE-----')")
    }
    let keyBytes = try bytes(of: keyPath)
    // A key with a passphrase is asked for nowhere.
    guard
      let key = try? NIOSSLPrivateKey(bytes: keyBytes, format: .pem, passphraseCallback: { $0([UInt8]()) })
    else {
      throw ConfigurationError(
        "\(keyPath): it has no private key in PEM ('-----BEGIN PRIVATE KEY-----') that needs no passphrase")
    }
    let pair = Pair(chain: chain, key: key)
    guard (try? NIOSSLContext(configuration: configuration(pair))) != nil else {
      throw ConfigurationError("\(keyPath): it is not the key of the certificate in \(chainPath)")
    }
    return pair
  }

  private static func bytes(of path: String) throws(ConfigurationError) -> [UInt8] {
    do { return try System.readFile(path, limit: maxFileLength) } catch {
      throw ConfigurationError("\(path): \(error)")
    }
  }
}
