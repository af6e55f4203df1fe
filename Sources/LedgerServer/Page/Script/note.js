// Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), as far as the audit needs them.

const utf8 = new TextEncoder();

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Base64 with padding (RFC 4648, section 4); what is not written in the one right way is refused. */
function fromBase64(text) {
  let binary = "";
  try {
    binary = atob(text);
  } catch {
    throw new Error("'" + text.slice(0, 60) + "' is no base64");
  }
  if (btoa(binary) !== text) throw new Error("'" + text.slice(0, 60) + "' is no base64 as it must be written");
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

function areEqual(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** A public key as it is handed on, `name+hash+key`: Ed25519, algorithm 1. */
async function parseKey(text) {
  const [name, hash, ...rest] = text.trim().split("+");
  const bytes = fromBase64(rest.join("+"));
  if (!name || bytes.length !== 33 || bytes[0] !== 1) {
    throw new Error("this is no Ed25519 key of the form name+hash+key");
  }
  const id = (await sha256(utf8.encode(name + "\n"), bytes)).slice(0, 4);
  if (hex(id) !== hash) throw new Error("the hash in the key is not that of its name and bytes");
  return { name, id, bytes: bytes.slice(1) };
}

function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A checkpoint, its form checked and nothing verified. */
function parseCheckpoint(note) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new Error("the checkpoint is no signed note");
  const body = note.slice(0, end + 1);
  const [origin, size, root] = body.split("\n");
  if (!origin || !/^(0|[1-9][0-9]{0,15})$/.test(size) || fromBase64(root ?? "").length !== 32) {
    throw new Error("the checkpoint has no origin, size and root");
  }
  const signatures = note.slice(end + 2, -1).split("\n").map((line) => {
    const match = /^— (\S+) (\S+)$/u.exec(line);
    if (!match) throw new Error("the checkpoint has a line that is no signature");
    const bytes = fromBase64(match[2]);
    return { name: match[1], id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  });
  return { origin, size: Number(size), root: fromBase64(root), body, signatures };
}

/** Whether a key signed a checkpoint; null where this browser knows no Ed25519. */
async function isSignedBy(key, checkpoint) {
  if (key.name !== checkpoint.origin) return false;
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key.bytes, "Ed25519", false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return null;
    throw error;
  }
  const own = checkpoint.signatures.filter(({ name, id }) => name === key.name && areEqual(id, key.id));
  for (const { bytes } of own) {
    if (!(await crypto.subtle.verify("Ed25519", imported, bytes, utf8.encode(checkpoint.body)))) return false;
  }
  return own.length > 0;
}
