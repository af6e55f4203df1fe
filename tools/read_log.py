#!/usr/bin/env python3
"""Prints the events of a ledger as CloudEvents, one JSON object a line, from the bytes alone.

  tools/read_log.py LEDGER            all events; LEDGER is the folder with log/ in it
  tools/read_log.py --check LEDGER    no events; instead holds every record against schemas/storage.md:
                                      header, body, links, versions, name numbers, commitments, redactions

It shares nothing with the program: it was written from schemas/storage.md, and shows that the page suffices.

Exit status: 0 done, 1 the log can't be read or does not hold together, 64 usage, 69 the module lmdb is missing.
"""

import argparse
import datetime
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

KINDS = {
    1: "workload.created", 2: "workload.queued", 3: "workload.started", 4: "workload.completed",
    5: "workload.failed", 6: "workload.terminated", 7: "workload.contactlost", 8: "workload.deleterequested",
    9: "workload.deleted", 10: "workload.deletefailed", 16: "action.refused", 17: "project.created",
    18: "project.memberadded", 19: "project.memberremoved", 20: "quota.set",
}
CREATED, REFUSED, MEMBER_ADDED, MEMBER_REMOVED, QUOTA_SET = 1, 16, 18, 19, 20
NAME_REGISTERED, LEDGER_CREATED, NAME_REDACTED = 32, 33, 35
USER, REPORTER = 1, 4
APPLIED, OBSERVED, IMPLIED, TIME_BOUND = 1, 2, 4, 8
SOURCE, ID_NUMBER, ID_TEXT, REASON, URL, SOURCE_ID, LABELS = 16, 32, 64, 128, 256, 512, 1024
KNOWN_FLAGS = 2047
TYPES = [None, "Model Download", "Inference", "Training", "Pre-Training", "Fine-Tuning", "Evaluation", "Workspace"]
ANOMALIES = [None, "already-created", "after-deletion", "contradicts-run", "contradicts-deletion",
             "contradicts-contact"]
AMOUNTS = ["cpuMillicores", "memoryBytes", "gpuMilli"]
EPOCH = datetime.datetime(1970, 1, 1)


class Flaw(Exception):
    """The log is not as schemas/storage.md says."""


class Body:
    """Walks the bytes behind the header."""

    def __init__(self, record, at=54):
        self.record, self.at = record, at

    def take(self, count):
        if self.at + count > len(self.record):
            raise Flaw("it ends within a field")
        self.at += count
        return self.record[self.at - count:self.at]

    def u8(self):
        return self.take(1)[0]

    def u32(self):
        return int.from_bytes(self.take(4), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                if byte == 0 and shift > 7 or value >= 1 << 64:
                    raise Flaw("a number is not in its shortest form")
                return value

    def text(self):
        return self.take(self.varint()).decode()

    def id(self):
        return uuid.UUID(bytes=self.take(16))


class Header:
    def __init__(self, record):
        if len(record) < 54 or record[0] != 1:
            raise Flaw("its header is not of format 1")
        _, self.kind, self.flags, self.version, self.actor, self.reporter, self.project = struct.unpack_from(
            "<BBHIIII", record)
        self.stream, self.previous, self.previous_in_project = (
            int.from_bytes(record[at:at + 6], "little") for at in (20, 26, 32))
        self.occurred, self.recorded = struct.unpack_from("<qq", record, 38)
        if self.kind not in KINDS and not 32 <= self.kind <= 63 or self.flags & ~KNOWN_FLAGS:
            raise Flaw(f"kind {self.kind} or flags {self.flags:#x} are not of format 1")


def rfc3339(microseconds):
    time = EPOCH + datetime.timedelta(microseconds=microseconds)
    fraction = f".{time.microsecond:06}" if time.microsecond else ""
    return f"{time.year:04}-{time:%m-%dT%H:%M:%S}{fraction[:4] if fraction.endswith('000') else fraction}Z"


class Log:
    def __init__(self, path):
        folder = os.path.join(path, "log")
        if not os.path.exists(os.path.join(folder, "data.mdb")):
            raise Flaw(f"there is no ledger in {path}")
        environment = lmdb.open(folder, readonly=True, max_dbs=8, create=False)
        tables = {name: environment.open_db(name.encode(), create=False)
                  for name in ("meta", "events", "names", "nameIndex")}
        self.transaction = environment.begin()
        self.tables = tables
        meta = self.get("meta", 1)
        if meta is None or len(meta) < 36 or meta[:8] != b"WLDGRLOG":
            raise Flaw(f"{folder} is not a ledger's log")
        if struct.unpack_from("<I", meta, 8)[0] != 1:
            raise Flaw("the format of the log is not 1")
        self.source = f"urn:uuid:{uuid.UUID(bytes=bytes(meta[12:28]))}"

    def get(self, table, key):
        return self.transaction.get(struct.pack("=Q", key), db=self.tables[table])

    def index(self, kind, name):
        """The number of a name; None where the index has none."""
        number = self.transaction.get(bytes([kind]) + name, db=self.tables["nameIndex"])
        return None if number is None else int.from_bytes(number, "little")

    def count(self, table):
        return self.transaction.stat(self.tables[table])["entries"]

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

    def event(self, position, record):
        """The CloudEvent of a record; None for the registration of a name."""
        header, body = Header(record), Body(record)
        if header.kind >= NAME_REGISTERED:
            return None
        first, subject = self.first_part(header, body)
        if subject is None and header.kind <= 10:
            subject = self.subject(header.stream)
        source, identity = self.source, str(position)
        if header.flags & SOURCE:
            source = self.name(body.u32())
            identity = f"{subject or uuid.UUID(int=0)}/{header.kind}/{header.occurred}"
        if header.flags & ID_NUMBER:
            identity = str(body.varint())
        if header.flags & ID_TEXT:
            identity = body.text()
        data = self.common_data(header, body)
        if header.kind == CREATED:
            first = self.creation(header, body, first, subject)
        if body.at != len(record):
            raise Flaw("bytes are left behind its body")
        event = {"specversion": "1.0", "id": identity, "source": source, "type": KINDS[header.kind]}
        if subject is not None:
            event["subject"] = str(subject)
        event |= {
            "time": rfc3339(header.occurred), "datacontenttype": "application/json", "position": position,
            "recordedtime": rfc3339(header.recorded), "data": data | first}
        return event

    def first_part(self, header, body):
        """What only this kind says, and the workload's id where the body has it."""
        if header.kind == CREATED:
            subject = body.id()
            kind, cluster, owner = body.u8(), body.u32(), body.u32()
            said = {"type": TYPES[kind], "cluster": self.name(cluster), "owner": self.name(owner)}
            return said | {"resources": {amount: body.varint() for amount in AMOUNTS}}, subject
        if header.kind == REFUSED:
            subject = body.id()
            wanted, _ = body.u8(), body.u8()
            return {"command": KINDS[wanted]}, subject if subject.int else None
        if header.kind in (MEMBER_ADDED, MEMBER_REMOVED):
            return {"member": self.name(body.u32()) or "unknown"}, None
        if header.kind == QUOTA_SET:
            owner, limited = self.name(body.u32()) or "unknown", body.u8()
            amounts = [body.varint() for _ in AMOUNTS]
            limits = {amount: amounts[i] for i, amount in enumerate(AMOUNTS) if limited >> i & 1}
            return {"owner": owner, "limits": limits}, None
        return {}, None

    def common_data(self, header, body):
        data = {"actor": self.name(header.actor) or "unknown", "reporter": self.name(header.reporter) or "unknown"}
        if header.project:
            data["project"] = self.name(header.project)
        data |= {"version": header.version, "applied": bool(header.flags & APPLIED),
                 "observed": bool(header.flags & OBSERVED)}
        if not header.flags & APPLIED and header.kind != REFUSED:
            data["anomaly"] = ANOMALIES[body.u8()]
        if header.flags & IMPLIED:
            data["implied"] = True
        if header.flags & TIME_BOUND:
            data["timeBound"] = "atOrBefore"
        if header.flags & REASON:
            data["reason"] = body.text()
        return data

    def creation(self, header, body, first, subject):
        said = {"name": body.text()} | {key: value for key, value in first.items() if value is not None}
        if header.flags & URL:
            said["url"] = body.text()
        if header.flags & SOURCE_ID:
            said["sourceID"] = body.text()
        if header.flags & LABELS:
            labels = Body(body.take(body.varint()), 0)
            said["labels"] = {}
            while labels.at < len(labels.record):
                key = labels.text()
                said["labels"][key] = labels.text()
        said["name"] = said["name"] or said.get("sourceID") or str(subject)
        return said


class Check:
    """Holds each record against those before it: what the links, versions and names promise."""

    def __init__(self, log):
        self.log = log
        self.streams, self.projects = {}, {}
        self.names = self.recorded = self.registered = self.redactions = self.last_redaction = 0
        self.redacted = set()
        self.unnamed = set()

    def record(self, position, record):
        header = Header(record)
        if header.recorded < self.recorded:
            raise Flaw("it was recorded before the record before it")
        self.recorded = header.recorded
        if header.kind == NAME_REGISTERED:
            return self.registration(position, header, record)
        if position == 1 or header.kind == LEDGER_CREATED:
            return self.beginning(position, header, record)
        if header.kind == NAME_REDACTED:
            return self.redaction(position, header, record)
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
    except (Flaw, lmdb.Error, UnicodeDecodeError, IndexError, KeyError) as problem:
        print(f"read_log: record {position}: {problem}" if position else f"read_log: {problem}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if arguments.check:
        print(f"{position} records hold together: {len(check.streams)} streams, {len(check.projects)} projects, "
              f"{check.names} names, {check.redactions} of them destroyed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
