#ifndef WORKLEDGER_CLMDB_SHIM_H
#define WORKLEDGER_CLMDB_SHIM_H

#include <lmdb.h>
#include <pthread.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <time.h>

/* The C library declares these three for GNU sources only. A lock with a limit must not follow a clock that is
   set, a lock file gets its blocks before its size, and a text is looked for in gigabytes. */
extern int pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock, const struct timespec *end);
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);
extern void *memmem(const void *bytes, size_t count, const void *pattern, size_t pattern_count);

/* 0.9.24 is the oldest LMDB that this ledger is tested with. */
_Static_assert(MDB_VERSION_FULL >= MDB_VERINT(0, 9, 24), "LMDB 0.9.24 or newer is needed (liblmdb-dev)");

#endif
