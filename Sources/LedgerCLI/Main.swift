import ArgumentParser
import Glibc
import Ledger

/// The start of the program: runs a command and turns what went wrong into a message and an exit status.
@main enum Main {
  static func main() {
    Signals.prepare()
    Ledger.reportDamage(as: .text) { Message.note($0) }
    do {
      var command = try Workledger.parseAsRoot()
      try command.run()
      try StandardOutput.flush()
    } catch let failure as Failure {
      end(failure)
    } catch let error as LedgerError {
      end(Failure(error))
    } catch is BrokenPipe {
      // Whoever read has seen enough; that is no failure of this program.
      exit(0)
    } catch let code as ExitCode {
      _ = try? StandardOutput.flush()
      exit(code.rawValue)
    } catch {
      Workledger.exit(withError: error)
    }
  }

  private static func end(_ failure: Failure) -> Never {
    _ = try? StandardOutput.flush()
    Message.error(failure.message)
    exit(failure.status.rawValue)
  }
}
