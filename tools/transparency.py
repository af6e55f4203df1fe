"""The tree of RFC 6962 and the texts of C2SP (signed-note, tlog-checkpoint, tlog-tiles), as tools/verify_evidence.py
reads them. Written from schemas/evidence.md and those documents; it shares nothing with the program."""

import base64
import hashlib
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

from ledger_record import Flaw

WIDTH = 256
TILE_PATH = r"tile/([0-9]|[1-5][0-9]|6[0-3]|entries)/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?"


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
                if not re.fullmatch(TILE_PATH, path):
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
