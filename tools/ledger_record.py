"""The bytes of a ledger's records, read from schemas/storage.md alone: what tools/read_log.py and
tools/verify_evidence.py have in common. It shares nothing with the program."""

import datetime
import struct
import uuid

KINDS = {
    1: "workload.created", 2: "workload.queued", 3: "workload.started", 4: "workload.completed",
    5: "workload.failed", 6: "workload.terminated", 7: "workload.contactlost", 8: "workload.deleterequested",
    9: "workload.deleted", 10: "workload.deletefailed", 16: "action.refused", 17: "project.created",
    18: "project.memberadded", 19: "project.memberremoved", 20: "quota.set",
}
CREATED, REFUSED, MEMBER_ADDED, MEMBER_REMOVED, QUOTA_SET = 1, 16, 18, 19, 20
NAME_REGISTERED, LEDGER_CREATED, KEY_ADDED, NAME_REDACTED = 32, 33, 34, 35
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
    """The bytes are not as schemas/storage.md says."""


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


class Events:
    """Turns records into CloudEvents. Who has the records says what their numbers mean."""

    # The source of the ledger's own events; None where that is not known.
    source = None

    def name(self, number):
        """The text of a name; None for 0."""
        raise NotImplementedError

    def subject(self, stream):
        """The id of the workload whose stream begins at a position; None where that is not known."""
        raise NotImplementedError

    def event(self, position, record):
        """The CloudEvent of a record; None for what only concerns the ledger itself."""
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
        if source is None:
            del event["source"]
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
        # A workload that a report came of first may be of no project that is known.
        if header.project or header.kind <= 10:
            data["project"] = self.name(header.project) or "unknown"
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
