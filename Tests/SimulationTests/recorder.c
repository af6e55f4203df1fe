// Preloaded into the real program, it writes down what the program does to the files of one folder, in order: what was
// written where, what was flushed, and which names came and went. `PowerLossTests` makes of that what a disk may hold
// after the power has failed.
//
// WORKLEDGER_RECORD_ROOT is the folder, WORKLEDGER_RECORD_FILE what it is written to. An entry is: u8 kind, u8 whether
// the write was durable by itself (O_DSYNC), u16 length of the path, u16 length of the second path, u16 nothing, u64
// offset, u64 length of the data; path, second path, data. All little-endian, as the machine is.
//
// Lock files are left out: nobody reads one that outlived its boot. These are the calls that LMDB and the program make; a
// call that is missing here shows, since then what was recorded is not what stands in the files.

#include "preload.h"

enum { WRITE = 1, SYNC, CREATE, TRUNCATE, RENAME, UNLINK, MKDIR };

struct entry {
  uint8_t kind, durable;
  uint16_t path, second, nothing;
  uint64_t offset, length;
};

static void start(void) { watch(getenv("WORKLEDGER_RECORD_ROOT"), getenv("WORKLEDGER_RECORD_FILE")); }

static int is_ours(const char *path) {
  size_t length = strlen(path);
  return is_in_root(path) && (length < 8 || strcmp(path + length - 8, "lock.mdb") != 0);
}

static void note(
    int kind, int durable, const char *path, const char *second, uint64_t offset, const struct iovec *data,
    int count, uint64_t length) {
  if (!is_ours(path)) return;
  int error = errno;
  struct entry entry = {kind, durable, strlen(path), strlen(second), 0, offset, length};
  size_t total = sizeof entry + entry.path + entry.second + length;
  char *bytes = malloc(total), *at = bytes;
  at = mempcpy(at, &entry, sizeof entry);
  at = mempcpy(at, path, entry.path);
  at = mempcpy(at, second, entry.second);
  for (int index = 0; index < count && length > 0; index++) {
    size_t part = data[index].iov_len < length ? data[index].iov_len : length;
    at = mempcpy(at, data[index].iov_base, part);
    length -= part;
  }
  pthread_mutex_lock(&lock);
  if (REAL(write)(file, bytes, total) != (ssize_t)total) abort();
  pthread_mutex_unlock(&lock);
  free(bytes);
  errno = error;
}

static void note_write(int descriptor, int64_t offset, const struct iovec *data, int count, ssize_t written) {
  char buffer[PATH_MAX];
  if (written > 0)
    note(
        WRITE, (fcntl(descriptor, F_GETFL) & O_DSYNC) != 0, path_of(descriptor, buffer), "", offset, data, count,
        written);
}

// MARK: What programs call

static int opened(const char *name, int flags, int existed, int descriptor) {
  char buffer[PATH_MAX];
  if (descriptor < 0) return descriptor;
  const char *path = absolute(name, buffer);
  if ((flags & O_CREAT) && !existed) note(CREATE, 0, path, "", 0, NULL, 0, 0);
  if ((flags & O_TRUNC) && existed) note(TRUNCATE, 0, path, "", 0, NULL, 0, 0);
  return descriptor;
}

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = flags & O_CREAT ? va_arg(list, int) : 0;
  va_end(list);
  int existed = access(path, F_OK) == 0;
  return opened(path, flags, existed, REAL(open)(path, flags, mode));
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  off_t offset = lseek(descriptor, 0, SEEK_CUR);
  ssize_t written = REAL(write)(descriptor, bytes, count);
  note_write(descriptor, offset, &(struct iovec){(void *)bytes, count}, 1, written);
  return written;
}

ssize_t writev(int descriptor, const struct iovec *data, int count) {
  off_t offset = lseek(descriptor, 0, SEEK_CUR);
  ssize_t written = REAL(writev)(descriptor, data, count);
  note_write(descriptor, offset, data, count, written);
  return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  ssize_t written = REAL(pwrite)(descriptor, bytes, count, offset);
  note_write(descriptor, offset, &(struct iovec){(void *)bytes, count}, 1, written);
  return written;
}

#define FLUSH(name)                                                                         \
  int name(int descriptor) {                                                                \
    char buffer[PATH_MAX];                                                                  \
    int code = REAL(name)(descriptor);                                                      \
    if (code == 0) note(SYNC, 0, path_of(descriptor, buffer), "", 0, NULL, 0, 0);           \
    return code;                                                                            \
  }
FLUSH(fsync)
FLUSH(fdatasync)

int ftruncate(int descriptor, off_t length) {
  char buffer[PATH_MAX];
  int code = REAL(ftruncate)(descriptor, length);
  if (code == 0) note(TRUNCATE, 0, path_of(descriptor, buffer), "", length, NULL, 0, 0);
  return code;
}

int rename(const char *old, const char *new) {
  char one[PATH_MAX], two[PATH_MAX];
  int code = REAL(rename)(old, new);
  if (code == 0) note(RENAME, 0, absolute(old, one), absolute(new, two), 0, NULL, 0, 0);
  return code;
}

int unlink(const char *path) {
  char buffer[PATH_MAX];
  int code = REAL(unlink)(path);
  if (code == 0) note(UNLINK, 0, absolute(path, buffer), "", 0, NULL, 0, 0);
  return code;
}

int rmdir(const char *path) {
  char buffer[PATH_MAX];
  int code = REAL(rmdir)(path);
  if (code == 0) note(UNLINK, 0, absolute(path, buffer), "", 0, NULL, 0, 0);
  return code;
}

int mkdir(const char *path, mode_t mode) {
  char buffer[PATH_MAX];
  int code = REAL(mkdir)(path, mode);
  if (code == 0) note(MKDIR, 0, absolute(path, buffer), "", 0, NULL, 0, 0);
  return code;
}
