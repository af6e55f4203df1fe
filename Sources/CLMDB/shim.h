#ifndef WORKLEDGER_CLMDB_SHIM_H
#define WORKLEDGER_CLMDB_SHIM_H

#include <lmdb.h>

/* 0.9.24 is the oldest LMDB that this ledger is tested with. */
_Static_assert(MDB_VERSION_FULL >= MDB_VERINT(0, 9, 24), "LMDB 0.9.24 or newer is needed (liblmdb-dev)");

#endif
