import ArgumentParser
import Evidence
import Ledger

/// `workledger checkpoint`
struct CheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Sign the log as it is now, and print the checkpoint.",
    usage: "workledger checkpoint [--public-key | --new-key] [<options>]",
    discussion: """
      A checkpoint says how many records there are and what the root of the hash tree over them is, signed with the \
      ledger's key (C2SP tlog-checkpoint). Give it to somebody, or to a witness: 'workledger verify --checkpoint' finds \
      any change of those records since. Every checkpoint is kept, in the log and beside it.

      --public-key prints the key to check it with. --new-key signs with a new key from now on, says so in the log, \
      and prints a checkpoint that both keys signed; the old key's file is gone then.

      EXAMPLES:
        workledger checkpoint > today.checkpoint
        workledger checkpoint --public-key > ledger.vkey
        workledger checkpoint --new-key --as operator
      """)

  @Flag(help: "Print the public key, NAME+ID+KEY, and sign nothing.") var publicKey = false
  @Flag(help: "Make a new key and sign with it from now on.") var newKey = false
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var user: ActorOptions

  func validate() throws {
    if publicKey, newKey { throw ValidationError("give one of --public-key and --new-key") }
  }

  func run() throws {
    if publicKey {
      let key = try ledger.openForReading().publicKey()
      try StandardOutput.write(Array("\(key)\n".utf8))
      return
    }
    let ledger = try ledger.openForWriting()
    let checkpoint: SignedCheckpoint
    if newKey {
      let actor = try user.actor()
      checkpoint = try ledger.rotateKey(by: actor.name, reporter: actor.reporter, now: System.now)
      Message.note("signing with a new key from now on: \(try ledger.publicKey())")
    } else {
      checkpoint = try ledger.checkpoint()
    }
    try StandardOutput.write(checkpoint.bytes)
  }
}
