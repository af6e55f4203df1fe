#!/usr/bin/env python3
"""Checks evidence of a ledger without the program that made it, and prints the events as plain JSON, one a line.

  tools/verify_evidence.py FOLDER --key VKEY            a log as C2SP tlog-tiles: checkpoint, tile/, tile/entries/
  tools/verify_evidence.py FILE.tlog-proof --key VKEY   the proof of one record
  tools/verify_evidence.py FILE.json --key VKEY         a bundle (schemas/evidence.md)

  --key VKEY      the log's public key, NAME+ID+KEY, from somebody whom you trust
  --names FILE    for a folder: the names, one JSON object a line with number, class, salt (base64) and name; a name
                  that was destroyed has neither salt nor name. Each is checked against its registration
  --entry FILE    for a .tlog-proof that does not have the record itself
  --no-events     checks only, and prints no events

Of a folder every hash is computed anew from the entries and compared with every tile, the root with the checkpoint,
and the checkpoint with its signature. What was found goes to standard error, the events to standard output, and none
of them before all was checked. It needs the module cryptography and was written from schemas/evidence.md,
schemas/storage.md and the C2SP formats; it shares no code with the program.

Exit status: 0 all holds, 6 something does not, 64 usage, and what can't be read, 69 the module cryptography is missing.
"""

import argparse
import json
import os
import sys

from ledger_record import CREATED, LEDGER_CREATED, MEMBER_ADDED, MEMBER_REMOVED, NAME_REGISTERED, QUOTA_SET, REFUSED
from ledger_record import SOURCE, Body, Events, Flaw, Header
from transparency import Checkpoint, Key, TileFolder, Usage, check_included, decimal, sha256, unbase64

PROOF_MARK = b"c2sp.org/tlog-proof@v1"
BUNDLE_FORMAT = "workledger-evidence@v1"


# Names and events.


def commitment(record):
    """Class, number and commitment of a registration."""
    header, body = Header(record), Body(record)
    if header.kind != NAME_REGISTERED or len(record) != 91:
        raise Flaw("it is not the registration of a name")
    return body.u8(), body.u32(), body.take(32)


def opened(number, name, record):
    """The text of a name, once it was held against its registration."""
    name_class, registered, expected = commitment(record)
    if type(name.get("class")) is not int or (number, name["class"]) != (registered, name_class):
        raise Flaw(f"name {number} is not the one that the record registers")
    if ("salt" in name) != ("name" in name):
        raise Flaw(f"name {number} must have both salt and name, or neither")
    if "name" not in name:
        return f"redacted-{number}"
    text = name["name"]
    if not isinstance(text, str) or not 1 <= len(text.encode()) <= 256:
        raise Flaw(f"name {number} has not 1 to 256 bytes")
    if sha256(unbase64(name["salt"], 16) + text.encode()) != expected:
        raise Flaw(f"name {number} is not the one that was registered")
    return text


class KnownEvents(Events):
    """Events, as far as the records that were shown say what they mean."""

    def __init__(self):
        self.names, self.subjects = {}, {}

    def learn(self, position, record):
        """Takes from a record what others need."""
        if record[1:2] == bytes([CREATED]):
            self.subjects[position] = Body(record).id()
        elif position == 1 and record[1:2] == bytes([LEDGER_CREATED]):
            self.source = f"urn:uuid:{Body(record).id()}"

    def name(self, number):
        return self.names.get(number, f"name-{number}") if number else None

    def subject(self, stream):
        return self.subjects.get(stream)

    def line(self, position, record):
        """The event as JSON; None for what is no event."""
        try:
            event = self.event(position, record)
        except (UnicodeDecodeError, IndexError, KeyError, OverflowError) as problem:
            raise Flaw(f"record {position} does not follow schemas/storage.md: {problem!r}") from None
        return event and json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def used_names(record):
    """The name numbers of header and body."""
    header, body = Header(record), Body(record)
    numbers = [header.actor, header.reporter, header.project]
    amounts = 0
    if header.kind == CREATED:
        body.take(17)
        numbers += [body.u32(), body.u32()]
        amounts = 3
    elif header.kind == REFUSED:
        body.take(18)
    elif header.kind in (MEMBER_ADDED, MEMBER_REMOVED):
        numbers.append(body.u32())
    elif header.kind == QUOTA_SET:
        numbers.append(body.u32())
        body.take(1)
        amounts = 3
    elif header.kind >= NAME_REGISTERED:
        return set()
    for _ in range(amounts):
        body.varint()
    if header.flags & SOURCE:
        numbers.append(body.u32())
    return set(numbers) - {0}


# A folder of tiles, and names for it.


def read_names(path):
    names = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                name = json.loads(line)
                names[name["number"]] = name
            except (ValueError, KeyError, TypeError) as problem:
                raise Usage(f"{path}:{number}: not an object with number, class, salt and name: {problem}") from None
    return names


def check_folder(arguments, key):
    with open(os.path.join(arguments.path, "checkpoint"), "rb") as file:
        checkpoint = Checkpoint(file.read(), key)
    names = read_names(arguments.names) if arguments.names else {}
    folder = TileFolder(arguments.path, checkpoint)
    folder.check()
    print(f"{checkpoint.size} entries have the root that {key.name.decode()} signed", file=sys.stderr)
    if arguments.no_events and not names:
        return
    events, seen = KnownEvents(), set()
    for position, record in enumerate(folder.entries(), 1):
        events.learn(position, record)
        if record[1:2] == bytes([NAME_REGISTERED]):
            number = commitment(record)[1]
            seen.add(number)
            if number in names:
                events.names[number] = opened(number, names[number], record)
        if not arguments.no_events and (line := events.line(position, record)):
            print(line)
    if missing := sorted(set(names) - seen):
        raise Flaw(f"name {missing[0]} is registered nowhere in the log")


# Files: a proof, a bundle.


def check_proof(data, arguments, key):
    head, blank, note = data.partition(b"\n\n")
    lines = head.split(b"\n")[1:]
    record = None
    if lines and lines[0].startswith(b"extra "):
        record = unbase64(lines.pop(0)[6:])
    if not blank or not lines or not lines[0].startswith(b"index "):
        raise Flaw("it has not the lines 'index N', the hashes, a blank one and the checkpoint")
    index, path = decimal(lines[0][6:]), [unbase64(line, 32) for line in lines[1:]]
    if arguments.entry:
        with open(arguments.entry, "rb") as file:
            record = file.read()
    if record is None:
        raise Usage("the proof does not have the record itself; give it with --entry")
    checkpoint = Checkpoint(note, key)
    check_included(record, index, checkpoint, path)
    print(f"the log {key.name.decode()} of {checkpoint.size} records has this one at position {index + 1}",
          file=sys.stderr)
    events = KnownEvents()
    events.learn(index + 1, record)
    if not arguments.no_events and (line := events.line(index + 1, record)):
        print(line)


def no_repeats(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Flaw("a key stands twice in its object")
    return value


class Bundle:
    """The rules of schemas/evidence.md, what must hold, 1 to 8."""

    KEYS = ["format", "question", "checkpoint", "completeness", "records", "context", "names"]

    def __init__(self, document, key):
        if not isinstance(document, dict) or sorted(document) != sorted(self.KEYS):
            raise Flaw(f"a bundle has the keys {', '.join(self.KEYS)} and no others")
        if document["format"] != BUNDLE_FORMAT:
            raise Flaw(f"its format is not {BUNDLE_FORMAT}")
        if not isinstance(document["question"], str) or len(document["question"].encode()) > 4096:
            raise Flaw("its question is no text of at most 4,096 bytes")
        self.checkpoint = Checkpoint(document["checkpoint"].encode(), key)
        self.records = self.proven(document["records"], "records")
        self.context = self.proven(document["context"], "context")
        self.completeness = document["completeness"]
        self.events = KnownEvents()
        if not self.records:
            raise Flaw("it has no records, so it proves nothing")
        for position, record in (self.context | self.records).items():
            self.events.learn(position, record)
        self.check_names(document["names"])
        self.check_readable()
        self.check_complete()

    def one(self, item, keys):
        """Position and record, once its proof was checked."""
        if not isinstance(item, dict) or not set(item) <= set(keys) or not {"position", "record", "proof"} <= set(item):
            raise Flaw(f"an item must have the keys {', '.join(keys)}")
        position, record = item["position"], unbase64(item["record"])
        if type(position) is not int or not 1 <= position < 1 << 48:
            raise Flaw(f"{position!r} is no position")
        try:
            check_included(record, position - 1, self.checkpoint, [unbase64(text, 32) for text in item["proof"]])
        except Flaw as flaw:
            raise Flaw(f"record {position}: {flaw}") from None
        return position, record

    def proven(self, items, what):
        found = [self.one(item, ["position", "record", "proof"]) for item in items]
        if any(left[0] >= right[0] for left, right in zip(found, found[1:])):
            raise Flaw(f"the positions of {what} do not ascend")
        return dict(found)

    def check_names(self, names):
        last = 0
        for name in names:
            _, record = self.one(name, ["number", "class", "salt", "name", "position", "record", "proof"])
            number = name.get("number")
            if type(number) is not int or number <= last:
                raise Flaw("the numbers of the names do not ascend")
            last = number
            self.events.names[number] = opened(number, name, record)

    def check_readable(self):
        if self.events.source is None:
            raise Flaw("the record at position 1 is not there")
        for position, record in self.records.items():
            header = Header(record)
            if missing := used_names(record) - set(self.events.names):
                raise Flaw(f"record {position} uses name {min(missing)}, which is not there")
            if 2 <= header.kind <= 10 and header.stream not in self.events.subjects:
                raise Flaw(f"record {position} needs record {header.stream}, which is not there")

    def check_complete(self):
        kind, number = self.completeness.get("kind"), 0
        if kind not in ("none", "stream", "project"):
            raise Flaw(f"completeness {kind!r} is not none, stream or project")
        if sorted(self.completeness) != sorted({"kind", kind} - {"none"}):
            raise Flaw(f"completeness {kind} has not the keys that it must have")
        if kind != "none" and type(number := self.completeness[kind]) is not int:
            raise Flaw(f"{number!r} is no number of a {kind}")
        headers = {position: Header(record) for position, record in self.records.items()}
        if kind == "stream":
            if next(iter(headers)) != number:
                raise Flaw(f"stream {number} does not begin with the first record shown")
            belongs = {position: header.stream == number for position, header in headers.items()}
            links = {position: header.previous for position, header in headers.items()}
        elif kind == "project":
            belongs = {position: header.project == number and header.kind < NAME_REGISTERED
                       for position, header in headers.items()}
            links = {position: header.previous_in_project for position, header in headers.items()}
        else:
            return
        shown = 0
        for position in headers:
            if not belongs[position]:
                raise Flaw(f"record {position} is not of {kind} {number}")
            if links[position] != shown:
                raise Flaw(f"record {position} comes after record {links[position]}, "
                           f"and {shown or 'none'} is shown before it")
            shown = position


def check_bundle(data, arguments, key):
    try:
        document = json.loads(data.decode(), object_pairs_hook=no_repeats)
        bundle = Bundle(document, key)
    except (ValueError, TypeError, AttributeError, KeyError) as problem:
        raise Flaw(f"it is not a bundle as schemas/evidence.md says: {problem!r}") from None
    lines = [bundle.events.line(position, record) for position, record in bundle.records.items()]
    print(f"the log {key.name.decode()} of {bundle.checkpoint.size} records has these {len(lines)}; "
          f"complete: {bundle.completeness['kind']}", file=sys.stderr)
    if not arguments.no_events:
        for line in filter(None, lines):
            print(line)


def check(arguments):
    key = Key(arguments.key)
    if os.path.isdir(arguments.path):
        return check_folder(arguments, key)
    with open(arguments.path, "rb") as file:
        data = file.read()
    if data.startswith(PROOF_MARK + b"\n"):
        return check_proof(data, arguments, key)
    if data.lstrip().startswith(b"{"):
        return check_bundle(data, arguments, key)
    raise Usage(f"{arguments.path} is no folder of tiles, no .tlog-proof and no bundle")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--key", required=True)
    parser.add_argument("--names")
    parser.add_argument("--entry")
    parser.add_argument("--no-events", action="store_true")
    try:
        arguments = parser.parse_args()
    except SystemExit as end:
        return 64 if end.code else 0
    try:
        check(arguments)
        sys.stdout.flush()
    except (Flaw, UnicodeError) as flaw:
        print(f"verify_evidence: the evidence does not hold: {flaw}", file=sys.stderr)
        return 6
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Usage, OSError) as problem:
        print(f"verify_evidence: {problem}", file=sys.stderr)
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main())
