#!/usr/bin/env python3
"""Prints the events of a ledger as CloudEvents, one JSON object a line, from the bytes alone.

  tools/read_log.py LEDGER            all events; LEDGER is the folder with log/ in it
  tools/read_log.py --check LEDGER    no events; instead holds every record against schemas/storage.md:
                                      header, body, links, versions, name numbers, commitments, redactions, and
                                      the keys and the whole hash tree against the records

It shares nothing with the program: it was written from schemas/storage.md, and shows that the page suffices.

Exit status: 0 done, 1 the log can't be read or does not hold together, 64 usage, 69 the module lmdb is missing.
"""

import argparse
import hashlib
import json
import os
import struct
import sys
import uuid

try:
    import lmdb
except ImportError:
    print("read_log: the module lmdb is missing; install it with: python3 -m pip install lmdb", file=sys.stderr)
    sys.exit(69)

from ledger_record import (
    APPLIED, CREATED, KEY_ADDED, LEDGER_CREATED, NAME_REDACTED, NAME_REGISTERED, REASON, REFUSED, REPORTER, USER, Body,
    Events, Flaw, Header)

# Tables that a ledger of an older program does not have.
EVIDENCE = ("tiles", "subtrees", "keys")


class Log(Events):
    def __init__(self, path):
        folder = os.path.join(path, "log")
        if not os.path.exists(os.path.join(folder, "data.mdb")):
            raise Flaw(f"there is no ledger in {path}")
        environment = lmdb.open(folder, readonly=True, max_dbs=8, create=False)
        tables = {name: environment.open_db(name.encode(), create=False)
                  for name in ("meta", "events", "names", "nameIndex")}
        for name in EVIDENCE:
            try:
                tables[name] = environment.open_db(name.encode(), create=False)
            except lmdb.NotFoundError:
                pass
        self.transaction = environment.begin()
        self.tables = tables
        meta = self.get("meta", 1)
        if meta is None or len(meta) < 36 or meta[:8] != b"WLDGRLOG":
            raise Flaw(f"{folder} is not a ledger's log")
        if struct.unpack_from("<I", meta, 8)[0] != 1:
            raise Flaw("the format of the log is not 1")
        self.source = f"urn:uuid:{uuid.UUID(bytes=bytes(meta[12:28]))}"

    def get(self, table, key):
        """A value by an integer key; None where there is none, or no such table."""
        return self.transaction.get(struct.pack("=Q", key), db=self.tables[table]) if table in self.tables else None

    def count(self, table):
        return self.transaction.stat(self.tables[table])["entries"] if table in self.tables else 0

    def index(self, kind, name):
        """The number of a name; None where the index has none."""
        number = self.transaction.get(bytes([kind]) + name, db=self.tables["nameIndex"])
        return None if number is None else int.from_bytes(number, "little")

    def records(self):
        """Positions and records in order; a gap is a flaw."""
        expected = 1
        for key, record in self.transaction.cursor(self.tables["events"]):
            if struct.unpack("=Q", key)[0] != expected:
                raise Flaw(f"record {expected} is missing")
            yield expected, record
            expected += 1

    def name(self, number):
        if number == 0:
            return None
        entry = self.get("names", number)
        return entry[23:].decode() if entry and len(entry) > 23 else f"redacted-{number}"

    def subject(self, stream):
        record = self.get("events", stream)
        if record is None or Header(record).kind != CREATED:
            raise Flaw(f"its stream {stream} does not begin with a creation")
        return Body(record).id()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node(left, right) for left, right in zip(hashes[::2], hashes[1::2])]
    return hashes[0]


class Tree:
    """Holds the stored hash tree against the records."""

    def __init__(self, log):
        self.log, self.count, self.subtrees = log, 0, 0
        self.open_tile = log.get("subtrees", 0)
        # The records behind these an older program appended; the tree does not have them yet.
        self.size = int.from_bytes(self.open_tile[:8], "little") if self.open_tile else 0
        # By level, the hashes that have no root above them yet.
        self.levels = [[]]

    def add(self, record):
        if self.count == self.size:
            return
        self.count += 1
        self.levels[0].append(hashlib.sha256(b"\0" + record).digest())
        if len(self.levels[0]) == 256:
            self.complete(0, self.count // 256 - 1)

    def complete(self, level, index):
        hashes, root = self.levels[level], root_of(self.levels[level])
        if level == 0:
            stored, expected = self.log.get("tiles", index), root + b"".join(leaf[:3] for leaf in hashes[:255])
        else:
            stored, expected = self.log.get("subtrees", level << 48 | index), root
            self.subtrees += 1
        if stored != expected:
            raise Flaw(f"the hash tree has another subtree {index} of level {level} than the records")
        self.levels[level] = []
        if level + 1 == len(self.levels):
            self.levels.append([])
        self.levels[level + 1].append(root)
        if len(self.levels[level + 1]) == 256:
            self.complete(level + 1, index // 256)

    def finish(self):
        leaves, at, roots = self.levels[0], 0, []
        for bit in range(7, -1, -1):
            if len(leaves) >> bit & 1:
                roots.append(root_of(leaves[at:at + (1 << bit)]))
                at += 1 << bit
        expected = struct.pack("<Q", self.count) + b"".join(roots) + b"".join(leaf[:3] for leaf in leaves)
        if self.open_tile is not None and self.open_tile != expected:
            raise Flaw("the open tile of the hash tree is not that of the records")
        counts = (self.log.count("tiles"), self.log.count("subtrees"))
        if counts != (self.count // 256, self.subtrees + (self.open_tile is not None)):
            raise Flaw("the hash tree has more subtrees than the records")


class Check:
    """Holds each record against those before it: what the links, versions and names promise."""

    def __init__(self, log):
        self.log = log
        self.streams, self.projects = {}, {}
        self.names = self.recorded = self.registered = self.redactions = self.last_redaction = 0
        self.redacted = set()
        self.unnamed = set()
        self.keys = self.last_key = 0
        self.tree = Tree(log)

    def record(self, position, record):
        header = Header(record)
        self.tree.add(record)
        if header.recorded < self.recorded:
            raise Flaw("it was recorded before the record before it")
        self.recorded = header.recorded
        if header.kind == NAME_REGISTERED:
            return self.registration(position, header, record)
        if position == 1 or header.kind == LEDGER_CREATED:
            return self.beginning(position, header, record)
        if header.kind == NAME_REDACTED:
            return self.redaction(position, header, record)
        if header.kind == KEY_ADDED:
            return self.key(position, header, record)
        if header.kind > NAME_REGISTERED:
            return None
        self.log.event(position, record)
        head, version = self.streams.get(header.stream, (0, 0))
        if header.stream == 0:
            if header.kind != REFUSED:
                raise Flaw("it belongs to no stream")
            expected = 0
        else:
            expected = version + (header.kind != REFUSED)
            if head == 0 and (header.stream != position or header.kind not in (1, 17)):
                raise Flaw(f"its stream {header.stream} has no beginning")
            self.streams[header.stream] = (position, expected)
        if header.version != expected:
            raise Flaw(f"its version is {header.version} and not {expected}")
        if header.previous != head:
            raise Flaw(f"the record before it in its stream is {head} and not {header.previous}")
        before = self.projects.get(header.project, 0)
        if header.previous_in_project != before:
            raise Flaw(f"the record before it in its project is {before} and not {header.previous_in_project}")
        self.projects[header.project] = position

    def beginning(self, position, header, record):
        body = Body(record)
        source, form = f"urn:uuid:{body.id()}", body.u32()
        if position != 1 or header.kind != LEDGER_CREATED or source != self.log.source or form != 1:
            raise Flaw("the log does not begin with the identity that its meta says")

    def key(self, position, header, record):
        self.keys += 1
        if header.version != self.keys or header.previous != self.last_key:
            raise Flaw(f"signing key {self.keys} is not the one after the record at {self.last_key}")
        self.last_key = position
        if self.log.get("keys", self.keys) != position.to_bytes(6, "little") + Body(record).text().encode():
            raise Flaw(f"signing key {self.keys} is not the one in the table 'keys'")

    def finish(self):
        self.tree.finish()
        if self.log.count("keys") != self.keys:
            raise Flaw("the table 'keys' has more keys than the records")

    def registration(self, position, header, record):
        self.names += 1
        if header.version != self.names or header.previous != self.registered:
            raise Flaw(f"name {self.names} is not the one after the registration at {self.registered}")
        self.registered = position
        body = Body(record)
        kind, number, commitment = body.u8(), body.u32(), body.take(32)
        entry = self.log.get("names", number)
        if number != self.names or entry is None or entry[0] != kind or body.at != len(record):
            raise Flaw(f"name {self.names} is not registered as it should be")
        if int.from_bytes(entry[17:23], "little") != position:
            raise Flaw(f"name {number} does not say where it was registered")
        if len(entry) == 23:
            self.unnamed.add(number)
        elif self.log.index(kind, entry[23:]) != number:
            raise Flaw(f"name {number} is not in the index of names")
        if len(entry) > 23 and hashlib.sha256(entry[1:17] + entry[23:]).digest() != commitment:
            raise Flaw(f"name {number} is not the one that was registered")

    def redaction(self, position, header, record):
        self.redactions += 1
        if header.version != self.redactions or header.previous != self.last_redaction:
            raise Flaw(f"redaction {self.redactions} is not the one after that at {self.last_redaction}")
        self.last_redaction = position
        body = Body(record)
        number, kind, reason = body.u32(), body.u8(), body.text()
        if header.flags != APPLIED | REASON or not reason or body.at != len(record) or kind not in (USER, REPORTER):
            raise Flaw("it is no redaction of a person's name")
        entry = self.log.get("names", number)
        if number > self.names or number in self.redacted or entry is None or entry[0] != kind:
            raise Flaw(f"it destroys name {number}, which was not there")
        if len(entry) != 23 or any(entry[1:17]):
            raise Flaw(f"name {number} was destroyed, but its entry has a name or a salt")
        self.redacted.add(number)

    def end(self):
        """What can be said only when all records were seen."""
        if self.unnamed != self.redacted:
            raise Flaw(f"no record says who destroyed the names {sorted(self.unnamed - self.redacted)}")
        newest = self.log.get("meta", NAME_REDACTED)
        if (int.from_bytes(newest[:8], "little") if newest else 0) != self.last_redaction:
            raise Flaw("meta does not have the place of the newest redaction")
        if self.log.count("nameIndex") != self.names - len(self.redacted):
            raise Flaw("the index of names has others than the names")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger")
    parser.add_argument("--check", action="store_true")
    try:
        arguments = parser.parse_args()
    except SystemExit as end:
        return 64 if end.code else 0
    position = 0
    try:
        log = Log(arguments.ledger)
        check = Check(log)
        for position, record in log.records():
            if arguments.check:
                check.record(position, record)
            elif (event := log.event(position, record)) is not None:
                print(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
        if arguments.check:
            check.end()
            position = 0
            check.finish()
    except (Flaw, lmdb.Error, UnicodeDecodeError, IndexError, KeyError) as problem:
        print(f"read_log: record {position}: {problem}" if position else f"read_log: {problem}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if arguments.check:
        print(f"{log.count('events')} records hold together: {len(check.streams)} streams, {len(check.projects)} "
              f"projects, {check.names} names, {check.redactions} of them destroyed, {check.keys} keys; "
              f"{check.tree.count} are in the hash tree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
