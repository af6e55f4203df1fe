import ArgumentParser

/// The root of the commands.
struct Workledger: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "workledger",
    abstract: "An event-sourced ledger of cluster workloads.",
    discussion: """
      Every action on a workload is one event, appended to a log and never changed. What a command shows is \
      folded from that log.

      EXAMPLES:
        workledger init
        workledger project create vision
        workledger create bert --type Training --cluster c1 --cpu 8 --gpu 1
        workledger list --status Running --type Training Fine-Tuning
        workledger show bert
        workledger history --action delete --since 7d

      A workload is named by its id, by a unique beginning of it (at least 4 digits), or by a name that is \
      unique among the undeleted workloads of the project.

      ENVIRONMENT:
        WORKLEDGER_DIR      the ledger, as --ledger; else a folder 'workledger' in
                            $XDG_DATA_HOME, else in ~/.local/share
        WORKLEDGER_USER     who acts, as --as; else the login name
        WORKLEDGER_PROJECT  the project, as --project; else the actor's only one
        NO_COLOR            no colours, also on a terminal
        COLUMNS             the width of tables

      EXIT STATUS:
        0   done, an empty list too
        1   failed
        3   not found
        4   version or id conflict
        5   refused by a rule
        6   evidence does not hold, or a view differs from the log
        7   import finished with rejected lines
        64  usage

      COMPLETIONS:
        source <(workledger --generate-completion-script bash)
        workledger --generate-completion-script zsh > "${fpath[1]}/_workledger"
        workledger --generate-completion-script fish | source
      """,
    version: "workledger \(version)",
    groupedSubcommands: [
      CommandGroup(name: "Start", subcommands: [InitCommand.self, ProjectCommand.self, QuotaCommand.self]),
      CommandGroup(
        name: "Workloads",
        subcommands: [
          CreateCommand.self, QueueCommand.self, StartCommand.self, CompleteCommand.self, FailCommand.self,
          TerminateCommand.self, LoseCommand.self, DeleteCommand.self, DeleteResultCommand.self,
        ]),
      CommandGroup(
        name: "Look",
        subcommands: [
          ListCommand.self, ShowCommand.self, OpenCommand.self, DeletionsCommand.self, HistoryCommand.self,
          DiffCommand.self, StatsCommand.self,
        ]),
      CommandGroup(
        name: "Prove",
        subcommands: [
          VerifyCommand.self, CheckpointCommand.self, ProveCommand.self, VerifyProofCommand.self,
          WitnessCommand.self,
        ]),
      CommandGroup(name: "Serve", subcommands: [ServeCommand.self, TokenCommand.self]),
      CommandGroup(
        name: "Keep",
        subcommands: [
          ReplayCommand.self, StatusCommand.self, BackupCommand.self, RestoreCommand.self, ExportCommand.self,
          ImportCommand.self, RedactCommand.self,
        ]),
    ])
}
