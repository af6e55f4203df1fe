import Logging
import ServiceLifecycle
import UnixSignals
import WorkloadModel

/// Reads the certificate anew when the process gets SIGHUP, as programs send it that renew certificates.
struct CertificateRenewal: Service {
  let certificate: ServerCertificate
  let logger: Logger

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      do throws(ConfigurationError) {
        try certificate.reload()
        logger.info("the certificate was read anew", metadata: ["end": "\(certificate.end.rfc3339)"])
      } catch {
        logger.error("the certificate stays the one it was", metadata: ["error": "\(error)"])
      }
    }
  }
}
