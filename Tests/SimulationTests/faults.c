// Preloaded into the real program, it makes one system call fail, or all from that one on that change something, of those
// that are about the files of one folder.
//
// WORKLEDGER_FAULT_ROOT is the folder. WORKLEDGER_FAULT_FILE is what each call is written to, as a line with its name, 1
// where it changes something, and its path. WORKLEDGER_FAULT is "N CODE LASTS": the number of the call that fails, from
// 0; the errno that it fails with, 0 where it does half of its work, or less where it does nothing and says that it did;
// and 1 where those behind it fail too.

#include "preload.h"

#include <sys/mman.h>

static long at = -1, number = 0;
static int code, lasts;

static void start(void) {
  const char *fault = getenv("WORKLEDGER_FAULT");
  if (fault) sscanf(fault, "%ld %d %d", &at, &code, &lasts);
  watch(getenv("WORKLEDGER_FAULT_ROOT"), getenv("WORKLEDGER_FAULT_FILE"));
}

/// Counts a call; whether it is to fail.
static int fails(const char *name, int changes, const char *path) {
  if (!is_in_root(path)) return 0;
  int error = errno;
  char line[PATH_MAX + 32];
  int length = snprintf(line, sizeof line, "%s %d %s\n", name, changes, path);
  int is_write = strcmp(name, "write") == 0;
  pthread_mutex_lock(&lock);
  int is_it = at >= 0 && (number == at || (lasts && number > at && (code ? changes : is_write)));
  number++;
  if (REAL(write)(file, line, length) != length) abort();
  pthread_mutex_unlock(&lock);
  errno = is_it ? code : error;
  return is_it;
}

// MARK: What programs call

int open(const char *path, int flags, ...) {
  char buffer[PATH_MAX];
  va_list list;
  va_start(list, flags);
  int mode = flags & O_CREAT ? va_arg(list, int) : 0;
  va_end(list);
  if (fails(flags & O_CREAT ? "create" : "open", (flags & (O_CREAT | O_TRUNC)) != 0, absolute(path, buffer))) return -1;
  return REAL(open)(path, flags, mode);
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  char buffer[PATH_MAX];
  if (descriptor >= 0 && fails("mmap", 0, path_of(descriptor, buffer))) return MAP_FAILED;
  return REAL(mmap)(address, length, protection, flags, descriptor, offset);
}

ssize_t read(int descriptor, void *bytes, size_t count) {
  char buffer[PATH_MAX];
  if (fails("read", 0, path_of(descriptor, buffer))) return -1;
  return REAL(read)(descriptor, bytes, count);
}

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  char buffer[PATH_MAX];
  if (fails("read", 0, path_of(descriptor, buffer))) return -1;
  return REAL(pread)(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  char buffer[PATH_MAX];
  if (fails("write", 1, path_of(descriptor, buffer))) {
    if (code) return code < 0 ? (ssize_t)count : -1;
    count = (count + 1) / 2;
  }
  return REAL(write)(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  char buffer[PATH_MAX];
  if (fails("write", 1, path_of(descriptor, buffer))) {
    if (code) return code < 0 ? (ssize_t)count : -1;
    count = (count + 1) / 2;
  }
  return REAL(pwrite)(descriptor, bytes, count, offset);
}

ssize_t writev(int descriptor, const struct iovec *data, int count) {
  char buffer[PATH_MAX];
  if (fails("write", 1, path_of(descriptor, buffer))) {
    if (code > 0) return -1;
    if (code < 0) {
      ssize_t total = 0;
      while (count > 0) total += data[--count].iov_len;
      return total;
    }
    struct iovec half = {data->iov_base, (data->iov_len + 1) / 2};
    return REAL(writev)(descriptor, &half, 1);
  }
  return REAL(writev)(descriptor, data, count);
}

#define ON_DESCRIPTOR(name, parameters, arguments)                      \
  int name parameters {                                                 \
    char buffer[PATH_MAX];                                              \
    if (fails(#name, 1, path_of(descriptor, buffer))) return -1;        \
    return REAL(name) arguments;                                        \
  }
ON_DESCRIPTOR(fsync, (int descriptor), (descriptor))
ON_DESCRIPTOR(fdatasync, (int descriptor), (descriptor))
ON_DESCRIPTOR(ftruncate, (int descriptor, off_t length), (descriptor, length))
ON_DESCRIPTOR(fallocate, (int descriptor, int mode, off_t offset, off_t length), (descriptor, mode, offset, length))

#define ON_PATH(name, parameters, arguments)                     \
  int name parameters {                                          \
    char buffer[PATH_MAX];                                       \
    if (fails(#name, 1, absolute(path, buffer))) return -1;      \
    return REAL(name) arguments;                                 \
  }
ON_PATH(rename, (const char *path, const char *new), (path, new))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(rmdir, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
