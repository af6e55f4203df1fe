#ifndef WORKLEDGER_CLMDB_SHIM_H
#define WORKLEDGER_CLMDB_SHIM_H

#include <lmdb.h>
#include <pthread.h>
#include <sys/vfs.h>
#include <time.h>

/* The C library declares this for GNU sources only; a lock with a limit must not follow a clock that is set. */
extern int pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock, const struct timespec *end);

/* 0.9.24 is the oldest LMDB that this ledger is tested with. */
_Static_assert(MDB_VERSION_FULL >= MDB_VERINT(0, 9, 24), "LMDB 0.9.24 or newer is needed (liblmdb-dev)");

#endif
