import Glibc

/// A program that is run again and again, with nobody reading what it prints.
struct ChildProcess {
  let arguments: [String]

  /// Runs it to its end; throws where it did not end well.
  func run() throws(FolderError) {
    var words = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
    }
    var process = pid_t()
    let code = posix_spawnp(&process, arguments[0], &actions, nil, words, environ)
    guard code == 0 else {
      throw FolderError(description: "\(arguments[0]) can't be run: \(String(cString: strerror(code)))")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      throw FolderError(description: "\(arguments.joined(separator: " ")) ended with wait status \(status)")
    }
  }
}
