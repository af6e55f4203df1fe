internal import CLMDB
internal import Glibc

extension LMDBError {
  /// A number that a storage call answered with. Open: a number without a name here is still a `Code`.
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
      self.rawValue = rawValue
    }
  }
}

// The numbers of LMDB.
extension LMDBError.Code {
  package static let keyExist = Self(rawValue: MDB_KEYEXIST)
  package static let notFound = Self(rawValue: MDB_NOTFOUND)
  package static let pageNotFound = Self(rawValue: MDB_PAGE_NOTFOUND)
  package static let corrupted = Self(rawValue: MDB_CORRUPTED)
  package static let panic = Self(rawValue: MDB_PANIC)
  package static let versionMismatch = Self(rawValue: MDB_VERSION_MISMATCH)
  package static let invalid = Self(rawValue: MDB_INVALID)
  package static let mapFull = Self(rawValue: MDB_MAP_FULL)
  package static let tablesFull = Self(rawValue: MDB_DBS_FULL)
  package static let readersFull = Self(rawValue: MDB_READERS_FULL)
  package static let txnFull = Self(rawValue: MDB_TXN_FULL)
  package static let cursorFull = Self(rawValue: MDB_CURSOR_FULL)
  package static let pageFull = Self(rawValue: MDB_PAGE_FULL)
  package static let mapResized = Self(rawValue: MDB_MAP_RESIZED)
  package static let incompatible = Self(rawValue: MDB_INCOMPATIBLE)
  package static let badReaderSlot = Self(rawValue: MDB_BAD_RSLOT)
  package static let badTxn = Self(rawValue: MDB_BAD_TXN)
  package static let badValueSize = Self(rawValue: MDB_BAD_VALSIZE)
  package static let badTable = Self(rawValue: MDB_BAD_DBI)
}

// The numbers of the system that a person can do something about.
extension LMDBError.Code {
  package static let noSpace = Self(rawValue: ENOSPC)
  package static let accessDenied = Self(rawValue: EACCES)
  package static let readOnly = Self(rawValue: EROFS)
  package static let noSuchFile = Self(rawValue: ENOENT)
  package static let notADirectory = Self(rawValue: ENOTDIR)
  package static let alreadyExists = Self(rawValue: EEXIST)
  package static let busy = Self(rawValue: EBUSY)
  package static let outOfMemory = Self(rawValue: ENOMEM)
  package static let inputOutput = Self(rawValue: EIO)
  package static let wouldDeadlock = Self(rawValue: EDEADLK)
  package static let invalidArgument = Self(rawValue: EINVAL)
}

// Numbers of our own, far below those of LMDB (-30799 … -30780), for what LMDB does not find by itself.
extension LMDBError.Code {
  /// The same environment is open in this process, perhaps under another spelling of its path.
  package static let alreadyOpenInProcess = Self(rawValue: -31_001)
  /// The folder lies on a file system whose memory maps or locks are not shared between machines.
  package static let networkFileSystem = Self(rawValue: -31_002)
  /// The data file ends before a page that the environment uses.
  package static let truncated = Self(rawValue: -31_003)
  /// The map must change its size, but transactions of this process stayed open for too long.
  package static let remapBlocked = Self(rawValue: -31_004)

  /// Whether it says that a data file is damaged, or is none.
  package var isDamage: Bool {
    switch self {
    case .invalid, .corrupted, .truncated, .pageNotFound: true
    default: false
    }
  }

  /// The reason for the numbers that `mdb_strerror` does not know.
  var ownReason: String? {
    switch self {
    case .alreadyOpenInProcess: "the environment is already open in this process"
    case .networkFileSystem: "the folder lies on a network file system"
    case .truncated: "the data file is shorter than the pages in use"
    case .remapBlocked: "the map must be resized while transactions of this process are open"
    default: nil
    }
  }

  /// What a person can do, where that is known.
  var advice: String? {
    switch self {
    case .alreadyOpenInProcess:
      "Use the environment that is open: a second one would drop the file locks of the first."
    case .networkFileSystem:
      "Move the folder to a local disk: memory maps and locks are not coherent over a network."
    case .truncated, .corrupted, .pageNotFound:
      "Keep the files as they are and restore from a backup."
    case .invalid: "The file was not written by LMDB, or its head is damaged; restore it from a backup."
    case .versionMismatch: "The file was written by another version of LMDB; export and import it."
    case .remapBlocked: "End the long-running read transaction and try again."
    case .panic: "A write to the head of the file failed; close the environment and open it again."
    case .noSpace: "The disk is full; what was committed can be read, free some space and try again."
    case .readersFull: "Too many read transactions are open; close some or clear stale readers."
    case .accessDenied, .readOnly: "Check the permissions of the folder, or open it for reading only."
    case .noSuchFile: "Check the path; the folder must be there, and for reading only also data.mdb."
    case .badValueSize: "A key has 1 to 511 bytes, in a table of integer keys exactly 8."
    case .tablesFull: "Open the environment with a higher maxTables."
    case .txnFull: "Split the transaction into smaller ones."
    case .incompatible: "The table was created with another order of its keys."
    case .wouldDeadlock: "End the open write transaction of this thread first."
    default: nil
    }
  }
}
