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
import base64
import hashlib
import json
import os
import re
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("verify_evidence: the module cryptography is missing; install it with: "
          "python3 -m pip install cryptography", file=sys.stderr)
    sys.exit(69)

from ledger_record import CREATED, LEDGER_CREATED, MEMBER_ADDED, MEMBER_REMOVED, NAME_REGISTERED, QUOTA_SET, REFUSED
from ledger_record import SOURCE, Body, Events, Flaw, Header

PROOF_MARK = b"c2sp.org/tlog-proof@v1"
BUNDLE_FORMAT = "workledger-evidence@v1"
WIDTH = 256


class Usage(Exception):
    """The command can't be carried out, whatever the evidence says."""


# The tree: RFC 6962, section 2.1.


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha256(b"\0" + entry)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def root_of(hashes):
    """The root over hashes of equal perfect subtrees, by the recursion of the RFC."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:half]), root_of(hashes[half:]))


def root_from_path(leaf, index, size, path):
    """The root that an inclusion path leads to, by the recursion of RFC 6962, section 2.1.1, from the root down."""
    if size == 1:
        if path:
            raise Flaw("the proof has too many hashes")
        return leaf
    if not path:
        raise Flaw("the proof has too few hashes")
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return node_hash(root_from_path(leaf, index, half, path[:-1]), path[-1])
    return node_hash(path[-1], root_from_path(leaf, index - half, size - half, path[:-1]))


def check_included(entry, index, checkpoint, path):
    if not 0 <= index < checkpoint.size:
        raise Flaw(f"the tree of {checkpoint.size} leaves has no leaf {index}")
    if root_from_path(leaf_hash(entry), index, checkpoint.size, path) != checkpoint.root:
        raise Flaw("the proof does not lead to the root that was signed")


# Texts: C2SP signed-note, tlog-checkpoint, tlog-proof.


def unbase64(text, count=None):
    """Strict: padding, no white space, no bits left over; `count` bytes where that is given."""
    if isinstance(text, str):
        text = text.encode()
    if not isinstance(text, bytes):
        raise Flaw(f"{text!r:.60} is no text")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as problem:
        raise Flaw(f"{text[:60]!r} is not base64: {problem}") from None
    if base64.b64encode(data) != text:
        raise Flaw(f"{text[:60]!r} is not base64 in its only form")
    if count is not None and len(data) != count:
        raise Flaw(f"{text[:60]!r} has {len(data)} bytes and not {count}")
    return data


def decimal(text):
    if not re.fullmatch(rb"0|[1-9][0-9]{0,19}", text) or int(text) >= 1 << 64:
        raise Flaw(f"{text[:30]!r} is no decimal number without leading zeros, below 2^64")
    return int(text)


class Key:
    """A vkey: NAME+ID+KEY, of Ed25519."""

    def __init__(self, text):
        try:
            name, number, key = text.encode().split(b"+", 2)
            data = unbase64(key, 33)
        except (ValueError, Flaw) as problem:
            raise Usage(f"--key must be NAME+ID+KEY, of an Ed25519 key ({problem})") from None
        self.name, self.id = name, sha256(name + b"\n" + data)[:4]
        if data[0] != 1 or self.id.hex().encode() != number or not name:
            raise Usage("--key was changed: its ID is not that of its bytes, or it is no Ed25519 key")
        self.public = Ed25519PublicKey.from_public_bytes(data[1:])


class Checkpoint:
    """A signed note of three lines or more, signed by the log with the key."""

    def __init__(self, note, key):
        if len(note) > 1_000_000 or any(byte < 0x20 and byte != 0x0A for byte in note):
            raise Flaw("the checkpoint is too long or has control characters")
        note.decode()
        split = note.rfind(b"\n\n")
        if split < 0 or not note.endswith(b"\n"):
            raise Flaw("the checkpoint has no signatures behind a blank line")
        text, signatures = note[:split + 1], note[split + 2:].split(b"\n")[:-1]
        if not 1 <= len(signatures) <= 100:
            raise Flaw("the checkpoint has not 1 to 100 signatures")
        verified = 0
        for line in signatures:
            match = re.fullmatch("— ([^ +]+) ([A-Za-z0-9+/=]+)".encode(), line)
            data = unbase64(match[2]) if match else b""
            if len(data) < 5:
                raise Flaw(f"{line[:60]!r} is no signature")
            if match[1] == key.name and data[:4] == key.id:
                try:
                    key.public.verify(data[4:], text)
                except InvalidSignature:
                    raise Flaw("the signature of the checkpoint does not hold") from None
                verified += 1
        if verified == 0:
            raise Flaw("the checkpoint is not signed with the key")
        lines = text.split(b"\n")[:-1]
        if len(lines) < 3 or not all(lines):
            raise Flaw("the checkpoint has not three lines: the log's name, the size and the root")
        if lines[0] != key.name:
            raise Flaw(f"the checkpoint is of {lines[0]!r} and the key of {key.name!r}")
        self.size, self.root = decimal(lines[1]), unbase64(lines[2], 32)
        if self.size == 0 and self.root != sha256(b""):
            raise Flaw("the root of the tree without leaves is not SHA-256 of nothing")


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


# A folder of tiles: C2SP tlog-tiles.


def tile_path(kind, index, width=WIDTH):
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return f"tile/{kind}/{'/'.join(reversed(groups))}" + (f".p/{width}" if width < WIDTH else "")


class TileFolder:
    """Holds every file of the folder against the entries."""

    def __init__(self, folder, checkpoint):
        self.folder, self.checkpoint = folder, checkpoint
        self.checked = set()
        # By level: the hashes of the tile that is not full yet, and how many tiles were full.
        self.levels, self.full = [], []

    def read(self, path):
        try:
            with open(os.path.join(self.folder, path), "rb") as file:
                data = file.read()
        except OSError as problem:
            raise Flaw(f"{path}: {problem.strerror}") from None
        self.checked.add(path)
        return data

    def tile(self, kind, index, width):
        """A tile of the checkpoint's size; a full one serves where the partial one was deleted."""
        path = tile_path(kind, index, width)
        if width < WIDTH and not os.path.exists(os.path.join(self.folder, path)):
            path = tile_path(kind, index)
        return path, self.read(path)

    def partial_tiles(self, kind, index):
        """Partial tiles of older sizes, by width."""
        parent = os.path.join(self.folder, tile_path(kind, index, 1).rpartition("/")[0])
        for name in os.listdir(parent) if os.path.isdir(parent) else []:
            if not re.fullmatch("[1-9][0-9]{0,2}", name) or int(name) >= WIDTH:
                raise Flaw(f"{tile_path(kind, index)}.p/{name}: no partial tile has this width")
            yield int(name), self.read(tile_path(kind, index, int(name)))

    def entries_of(self, index, width):
        path, data = self.tile("entries", index, width)
        entries, at = [], 0
        while at < len(data):
            length = int.from_bytes(data[at:at + 2], "big")
            entries.append(data[at + 2:at + 2 + length])
            at += 2 + length
        if at != len(data) or len(entries) < width or len(entries) > WIDTH:
            raise Flaw(f"{path}: it has not {width} whole entries")
        for older, bundle in self.partial_tiles("entries", index):
            whole = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries[:older])
            if older <= width and bundle != whole:
                raise Flaw(f"{tile_path('entries', index, older)}: it differs from {path}")
        return entries[:width]

    def entries(self):
        for index in range((self.checkpoint.size + WIDTH - 1) // WIDTH):
            yield from self.entries_of(index, min(WIDTH, self.checkpoint.size - index * WIDTH))

    def push(self, level, value):
        if level == len(self.levels):
            self.levels.append([])
            self.full.append(0)
        tile = self.levels[level]
        tile.append(value)
        if len(tile) == WIDTH:
            self.compare(level, tile)
            self.push(level + 1, root_of(tile))
            self.levels[level] = []
            self.full[level] += 1

    def compare(self, level, hashes):
        index, width = self.full[level], len(hashes)
        path, data = self.tile(level, index, width)
        if len(data) % 32 or len(data) > WIDTH * 32 or data[:width * 32] != b"".join(hashes):
            number = next((i for i in range(width) if data[i * 32:i * 32 + 32] != hashes[i]), width)
            raise Flaw(f"{path}: hash {number} is not that of the entries")
        for older, tile in self.partial_tiles(level, index):
            if older <= width and tile != b"".join(hashes[:older]):
                raise Flaw(f"{tile_path(level, index, older)}: it differs from {path}")

    def root(self):
        """The root; the tiles that are not full are compared on the way."""
        root = None
        for level, tile in enumerate(self.levels):
            if tile:
                self.compare(level, tile)
            root = root_of_edge(tile, root)
        return root if root is not None else sha256(b"")

    def check(self):
        for entry in self.entries():
            self.push(0, leaf_hash(entry))
        if self.root() != self.checkpoint.root:
            raise Flaw("the entries do not have the root that was signed")
        beyond = 0
        for folder, _, files in os.walk(os.path.join(self.folder, "tile")):
            for name in files:
                path = os.path.relpath(os.path.join(folder, name), self.folder)
                if not re.fullmatch(r"tile/([0-9]|[1-5][0-9]|6[0-3]|entries)/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?", path):
                    raise Flaw(f"{path}: this is no file of a log")
                beyond += path not in self.checked
        if beyond:
            print(f"{beyond} files lie beyond the checkpoint and were not checked", file=sys.stderr)


def root_of_edge(tile, below):
    """The root over full subtrees and the part of one behind them, by the recursion of the RFC; None for nothing."""
    if not tile:
        return below
    if below is None:
        return root_of(tile)
    count = len(tile) + 1
    half = 1 << (count - 1).bit_length() - 1
    return node_hash(root_of(tile[:half]), root_of_edge(tile[half:], below))


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
                raise Flaw(f"record {position} comes after record {links[position]}, and {shown or 'none'} is shown before it")
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
