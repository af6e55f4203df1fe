// What the preloaded libraries of these tests share: which calls are about the files of one folder.

#pragma once
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
/// What the calls are written to; less than 0 where nothing is to be done.
static int file = -1;
static char root[PATH_MAX];
static size_t root_length;

/// Reads the environment; each library has one of its own.
static void start(void);

static void watch(const char *folder, const char *path) {
  if (!folder || !path || !realpath(folder, root)) return;
  root_length = strlen(root);
  file = REAL(open)(path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

static int is_in_root(const char *path) {
  if (file < 0 || strncmp(path, root, root_length) != 0) return 0;
  return path[root_length] == '/' || path[root_length] == 0;
}

/// The path of a name, which may be relative; the name itself may be of nothing any more.
static const char *absolute(const char *name, char *buffer) {
  pthread_once(&once, start);
  if (file < 0) return "";
  if (name[0] == '/') {
    snprintf(buffer, PATH_MAX, "%s", name);
  } else {
    if (!getcwd(buffer, PATH_MAX)) return "";
    size_t length = strlen(buffer);
    snprintf(buffer + length, PATH_MAX - length, "/%s", name);
  }
  return buffer;
}

static const char *path_of(int descriptor, char *buffer) {
  pthread_once(&once, start);
  if (file < 0 || descriptor == file) return "";
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  buffer[length < 0 ? 0 : length] = 0;
  return buffer;
}
