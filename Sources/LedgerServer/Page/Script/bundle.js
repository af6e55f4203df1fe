// What an evidence bundle claims (schemas/evidence.md), checked step by step with the hashes of Web Crypto. Nothing that
// the server says is believed but the key, and that only until one is pasted.

/** The root that a leaf and its inclusion proof lead to (RFC 9162, section 2.1.3.2). */
async function rootOf(index, size, leaf, proof) {
  let [position, last, hash] = [index, size - 1, leaf];
  if (position > last) throw new Error("position " + (index + 1) + " is behind the " + size + " records of the checkpoint");
  for (const sibling of proof) {
    if (last === 0) throw new Error("the proof of position " + (index + 1) + " is too long");
    if (position % 2 === 1 || position === last) {
      hash = await sha256([1], sibling, hash);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, Math.floor(last / 2)];
    } else {
      hash = await sha256([1], hash, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  if (last !== 0) throw new Error("the proof of position " + (index + 1) + " is too short");
  return hash;
}

/** The header of a record (schemas/storage.md). */
function parseRecord({ position, record }) {
  const bytes = fromBase64(record);
  if (bytes.length < 54 || bytes[0] !== 1) throw new Error("the record at position " + position + " is of another format");
  const view = new DataView(bytes.buffer);
  const u48 = (offset) => view.getUint32(offset, true) + view.getUint16(offset + 4, true) * 2 ** 32;
  return {
    position, bytes, kind: bytes[1], version: view.getUint32(4, true), actor: view.getUint32(8, true),
    reporter: view.getUint32(12, true), stream: u48(20), previous: u48(26),
    occurredAt: Number(view.getBigInt64(38, true)),
  };
}

/** The id of the workload that a record of kind 1 begins. */
function workloadID(record) {
  const digits = hex(record.bytes.slice(54, 70));
  return [8, 12, 16, 20, 32].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end)).join("-");
}

const kinds = {
  1: "created", 2: "queued", 3: "started", 4: "completed", 5: "failed", 6: "terminated", 7: "contact lost",
  8: "delete requested", 9: "deleted", 10: "delete failed", 16: "action refused",
};

/** The steps of the check, in order: what is checked, and a function that says what was found, or throws. */
function bundleSteps(bundle, id, keyText) {
  let checkpoint, records;
  return [
    ["The answer has the form of a proof", async () => {
      if (bundle.format !== "workledger-evidence@v1") throw new Error("it is of another format");
      checkpoint = parseCheckpoint(bundle.checkpoint);
      records = bundle.records.map(parseRecord);
      if (records.length === 0) throw new Error("it has no records");
      return "a checkpoint of " + grouped(checkpoint.size) + " records, and " + records.length + " of them";
    }],
    ["The checkpoint is signed with the key", async () => {
      const key = await parseKey(keyText);
      const isSigned = await isSignedBy(key, checkpoint);
      if (isSigned === null) return { skipped: "this browser knows no Ed25519: the signature was not checked" };
      if (!isSigned) throw new Error("the signature is not that of " + key.name + "'s key");
      return "by " + key.name + " with Ed25519";
    }],
    ["Each record is in the tree of the checkpoint", async () => {
      let count = 0;
      for (const item of [...bundle.records, ...bundle.context, ...bundle.names]) {
        const leaf = await sha256([0], fromBase64(item.record));
        const root = await rootOf(item.position - 1, checkpoint.size, leaf, item.proof.map(fromBase64));
        if (!areEqual(root, checkpoint.root)) {
          throw new Error("the record at position " + grouped(item.position) + " is not the one that was signed");
        }
        count += 1;
      }
      return count + " records with their names lead to the root " + toBase64(checkpoint.root);
    }],
    ["The names are those that were registered", async () => {
      for (const { number, salt, name, record } of bundle.names) {
        const bytes = fromBase64(record);
        const registered = new DataView(bytes.buffer).getUint32(55, true);
        if (bytes[1] !== 32 || registered !== number) throw new Error("record of name " + number + " is another's");
        if (name === undefined) continue;
        const commitment = await sha256(fromBase64(salt), utf8.encode(name));
        if (!areEqual(commitment, bytes.slice(59, 91))) throw new Error("'" + name + "' is not the name that was registered");
      }
      return bundle.names.map(({ name, number }) => name ?? "redacted-" + number).join(", ");
    }],
    ["It is about this workload, and nothing is left out", async () => {
      if (records[0].kind !== 1 || workloadID(records[0]) !== id) throw new Error("it begins with another workload");
      records.forEach((record, index) => {
        const [stream, previous] = [records[0].position, index === 0 ? 0 : records[index - 1].position];
        if (record.stream !== stream || record.previous !== previous) {
          throw new Error("a record before position " + grouped(record.position) + " is missing");
        }
      });
      const names = new Map(bundle.names.map(({ number, name }) => [number, name ?? "redacted-" + number]));
      return records.map((record) => {
        const time = new Date(record.occurredAt / 1000).toISOString().slice(0, 19).replace("T", " ");
        return time + " " + (kinds[record.kind] ?? "kind " + record.kind) + " by " + (names.get(record.actor) ?? "unknown");
      });
    }],
  ];
}
