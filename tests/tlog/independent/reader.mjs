// A reader of logs that shares nothing with the product: written from the texts of C2SP
// (tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-proof) and RFC 6962.
//
//   node reader.mjs PREFIX VKEY [WITNESS_VKEY …]             a directory or an http address
//   node reader.mjs proof FILE ENTRY VKEY [WITNESS_VKEY …]   a .tlog-proof of an entry's bytes
//
// Reads everything, recomputes everything, and prints one line of JSON; or says what is wrong.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFile } from "node:fs/promises";

const WIDTH = 256;
const DASH = "\u2014 ";

class Wrong extends Error {}

function must(condition, what) {
  if (!condition) throw new Wrong(what);
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leafHash = (entry) => sha256(Buffer.of(0), entry);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/** MTH of RFC 6962 over hashes of one level, the largest power of two on the left. */
function mth(row) {
  if (row.length === 0) return sha256();
  if (row.length === 1) return row[0];
  let k = 1;
  while (k * 2 < row.length) k *= 2;
  return nodeHash(mth(row.slice(0, k)), mth(row.slice(k)));
}

function base64(text) {
  const bytes = Buffer.from(text, "base64");
  must(bytes.toString("base64") === text, `not base64: ${text}`);
  return bytes;
}

// Keys and notes

function readKey(vkey, type) {
  const [, name, id, material] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? must(false, "a vkey is malformed");
  const bytes = base64(material);
  must(bytes.length === 33 && bytes[0] === type, `the key of ${name} is of another type`);
  must(sha256(name, "\n", bytes).subarray(0, 4).toString("hex") === id, `the id of ${name} is wrong`);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes.subarray(1)]);
  return { name, id, type, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

function readNote(text) {
  const at = text.lastIndexOf("\n\n");
  must(at > 0 && text.endsWith("\n"), "the checkpoint is no note");
  const signatures = text.slice(at + 2, -1).split("\n").map((line) => {
    must(line.startsWith(DASH), "a line of the note is no signature");
    const [name, value] = line.slice(DASH.length).split(" ");
    const bytes = base64(value ?? "");
    return { name, id: bytes.subarray(0, 4).toString("hex"), bytes: bytes.subarray(4) };
  });
  return { body: text.slice(0, at + 1), signatures };
}

/** Whether the key signed the note; a false signature by it is an error. */
function signed(note, { name, id, type, key }) {
  const ours = note.signatures.filter((each) => each.name === name && each.id === id);
  for (const { bytes } of ours) {
    const dated = type === 4;
    const time = dated ? bytes.readBigUInt64BE(0) : 0n;
    const message = dated ? `cosignature/v1\ntime ${time}\n${note.body}` : note.body;
    must(verify(null, Buffer.from(message), key, dated ? bytes.subarray(8) : bytes), `the signature of ${name} is false`);
  }
  return ours.length > 0;
}

function readCheckpoint(text, logKey, witnesses) {
  const note = readNote(text);
  must(signed(note, logKey), "the log has not signed");
  const [origin, size, root] = note.body.split("\n");
  must(origin === logKey.name, "a checkpoint of another log");
  must(/^(0|[1-9][0-9]*)$/.test(size), "the size is no number");
  const cosigned = witnesses.filter((each) => signed(note, each)).map(({ name }) => name);
  return { origin, size: Number(size), root: base64(root), cosigned };
}

// Tiles

function path(level, index, width) {
  const digits = String(index);
  const parts = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g);
  const name = parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join("/");
  return `tile/${level}/${name}${width < WIDTH ? `.p/${width}` : ""}`;
}

function fetcher(prefix) {
  if (!/^https?:/.test(prefix)) return (name) => readFile(`${prefix}/${name}`);
  return async (name) => {
    const answer = await fetch(`${prefix}/${name}`);
    must(answer.ok, `${name}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
}

/** A tile or bundle of this width; where the partial one is gone, the full one may stand for it. */
async function take(get, level, index, width) {
  try {
    return await get(path(level, index, width));
  } catch (error) {
    if (width === WIDTH) throw new Wrong(`${path(level, index, width)} is missing`);
    return get(path(level, index, WIDTH)).catch(() => must(false, `${path(level, index, width)} is missing`));
  }
}

/** All hashes of a level, tile by tile. */
async function row(get, level, count) {
  const found = [];
  for (let index = 0; index * WIDTH < count; index++) {
    const width = Math.min(WIDTH, count - index * WIDTH);
    const bytes = await take(get, level, index, width);
    must(bytes.length >= width * 32 && bytes.length % 32 === 0, `${path(level, index, width)} has another length`);
    for (let i = 0; i < width; i++) found.push(bytes.subarray(i * 32, i * 32 + 32));
  }
  return found;
}

async function entries(get, size) {
  const found = [];
  for (let index = 0; index * WIDTH < size; index++) {
    const width = Math.min(WIDTH, size - index * WIDTH);
    const bytes = await take(get, "entries", index, width);
    for (let at = 0, i = 0; i < width; i++) {
      must(at + 2 <= bytes.length, `${path("entries", index, width)} is cut off`);
      const end = at + 2 + bytes.readUInt16BE(at);
      must(end <= bytes.length, `${path("entries", index, width)} is cut off`);
      found.push(bytes.subarray(at + 2, end));
      at = end;
    }
  }
  return found;
}

async function readLog(prefix, logKey, witnesses) {
  const get = fetcher(prefix);
  const checkpoint = readCheckpoint((await get("checkpoint")).toString("utf8"), logKey, witnesses);
  const all = await entries(get, checkpoint.size);
  let level = 0, expected = all.map(leafHash);
  const leaves = expected;
  while (expected.length) {
    const kept = await row(get, level, expected.length);
    expected.forEach((hash, i) => must(hash.equals(kept[i]), `hash ${i} of level ${level} is another`));
    const full = Math.floor(expected.length / WIDTH);
    expected = Array.from({ length: full }, (_, i) => mth(expected.slice(i * WIDTH, (i + 1) * WIDTH)));
    level++;
  }
  must(mth(leaves).equals(checkpoint.root), "the entries have another root");
  const digest = createHash("sha256");
  for (const entry of all) digest.update(Buffer.of(entry.length >> 8, entry.length & 255)).update(entry);
  return { ...checkpoint, root: checkpoint.root.toString("base64"), entries: digest.digest("hex") };
}

// Proofs: PATH of RFC 6962 section 2.1.1, followed from the leaf to the root

function rootFrom(index, size, leaf, hashes) {
  if (size === 1) {
    must(hashes.length === 0, "the proof is too long");
    return leaf;
  }
  must(hashes.length > 0, "the proof is too short");
  let k = 1;
  while (k * 2 < size) k *= 2;
  const sibling = hashes[hashes.length - 1], below = hashes.slice(0, -1);
  if (index < k) return nodeHash(rootFrom(index, k, leaf, below), sibling);
  return nodeHash(sibling, rootFrom(index - k, size - k, leaf, below));
}

async function readProof(file, entryFile, logKey, witnesses) {
  const text = (await readFile(file)).toString("utf8");
  const at = text.indexOf("\n\n");
  const lines = text.slice(0, at).split("\n");
  must(lines.shift() === "c2sp.org/tlog-proof@v1", "not a proof");
  if (lines[0]?.startsWith("extra ")) lines.shift();
  const index = Number(/^index (0|[1-9][0-9]*)$/.exec(lines.shift() ?? "")?.[1] ?? NaN);
  const checkpoint = readCheckpoint(text.slice(at + 2), logKey, witnesses);
  must(index < checkpoint.size, "the index is not in the log");
  const root = rootFrom(index, checkpoint.size, leafHash(await readFile(entryFile)), lines.map(base64));
  must(root.equals(checkpoint.root), "the proof leads to another root");
  return { index, size: checkpoint.size, cosigned: checkpoint.cosigned };
}

try {
  const given = process.argv.slice(2);
  const files = given[0] === "proof" ? given.splice(0, 3).slice(1) : given.splice(0, 1);
  const [logKey, ...witnesses] = given.map((vkey, i) => readKey(vkey, i ? 4 : 1));
  const read = files.length === 2 ? readProof : readLog;
  console.log(JSON.stringify(await read(...files, logKey, witnesses)));
} catch (error) {
  console.error(error instanceof Wrong ? error.message : `${error.name}: ${error.message}`);
  process.exit(1);
}
