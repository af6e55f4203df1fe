import ArgumentParser

/// How connections are encrypted.
struct TLSOptions: ParsableArguments {
  @Option(
    name: .customLong("tls-certificate"),
    help: ArgumentHelp(
      "Encrypt connections, with the certificate in this file (PEM): the server's own first, then those up to its issuer's.",
      valueName: "file"),
    completion: .file())
  var certificate: String?
  @Option(
    name: .customLong("tls-key"),
    help: ArgumentHelp("Its private key (PEM), for the server's user alone to read.", valueName: "file"),
    completion: .file())
  var key: String?

  /// Whether connections are encrypted.
  var isGiven: Bool { certificate != nil }

  func validate() throws {
    if (certificate == nil) != (key == nil) {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
  }

  /// Reads the files; nil where connections are not encrypted.
  func serverCertificate() throws(ConfigurationError) -> ServerCertificate? {
    guard let certificate, let key else { return nil }
    return try ServerCertificate(chainPath: certificate, keyPath: key)
  }
}
