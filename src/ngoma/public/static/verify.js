/* Checks a receipt of a city's public ledger in the browser: without a network, and without trusting the city.

   The first part is functions that know nothing of a page: `check(receipt, policy)` takes the bytes of
   a receipt and the text of a policy, and resolves to what is proved or rejects with NotProved. The
   last part is the page. It follows docs/ledger.md and, of c2sp.org, signed-note, tlog-checkpoint,
   tlog-cosignature (version 1), tlog-proof and tlog-policy. Ed25519 and SHA-256 are the browser's. */

"use strict";

const LOG = 1;
const WITNESS = 4;
const LAST_SECOND = 253402300799n; // the end of the year 9999: a later signature is a false one
const LONGEST = 1_000_000;

/** Why a receipt proves nothing: the name of a reason, and what it is about. */
class NotProved extends Error {
  constructor(reason, about = "") {
    super(about ? `${reason}: ${about}` : reason);
    this.reason = reason;
    this.about = about;
  }
}

function demand(condition, reason, about) {
  if (!condition) throw new NotProved(reason, about);
}

/* Numbers, bytes and JSON. Each has one spelling only, and any other is refused: what is checked is
   then exactly what is read. */

const utf8 = (text) => new TextEncoder().encode(text);

function fromUtf8(bytes, reason) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotProved(reason);
  }
}

/** A decimal number without leading zeroes. */
function number(text, reason) {
  demand(/^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text)), reason);
  return Number(text);
}

/** The bytes of padded base64, RFC 4648 section 4; `size` says how many there must be. */
function fromBase64(text, reason, size) {
  let binary = "";
  try {
    binary = atob(text);
  } catch {
    throw new NotProved(reason);
  }
  demand(btoa(binary) === text && (size ?? binary.length) === binary.length, reason);
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** The bytes of base64url without padding, RFC 4648 section 5. */
function fromBase64url(text, reason, size) {
  demand(typeof text === "string" && /^[\w-]*$/.test(text), reason);
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding, reason, size);
}

const toBase64url = (bytes) =>
  toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** JSON in the form of RFC 8785, which has strings and numbers as this language writes them. */
function canonical(value) {
  if (typeof value === "string" && !value.isWellFormed()) throw new SyntaxError("half a character");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const pair = (name) => `${canonical(name)}:${canonical(value[name])}`;
  return `{${Object.keys(value).sort().map(pair).join(",")}}`;
}

/** The value of canonical JSON. Names that stand twice, for one, do not survive this. */
function readJson(text, reason) {
  try {
    const value = JSON.parse(text);
    if (canonical(value) === text) return value;
  } catch {
    // It is no JSON, or too deep to be that of a receipt.
  }
  throw new NotProved(reason);
}

async function sha256(...parts) {
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/* Keys and whom you trust: signed-note and tlog-policy. */

/** The name of a key: not empty, no spaces, no plus. */
function readName(text, reason) {
  demand(text !== "" && !/[\p{White_Space}+]/u.test(text), reason);
  return text;
}

/** A key as `name+id+base64`, of the type that is wanted here. Its id only tells it from others. */
async function readKey(vkey, kind) {
  const [, name, id, material] = vkey.match(/^([^+]+)\+([^+]+)\+(.+)$/) ?? [];
  demand(material, "policy");
  const bytes = fromBase64(material, "policy", 33);
  const hash = await sha256(utf8(`${readName(name, "policy")}\n`), bytes);
  demand(bytes[0] === kind && id === toHex(hash.slice(0, 4)), "policy");
  return { name, id, kind, public: bytes.slice(1) };
}

/** Whether the key signed the message; what the browser cannot check is not signed. */
async function signed(key, signature, message) {
  try {
    const imported = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, utf8(message));
  } catch {
    return false;
  }
}

/** Whom you trust: keys of logs, and by name witnesses (their keys) and groups ({least, members}). */
async function readPolicy(text) {
  const policy = { logs: [], named: new Map(), members: new Set(), quorum: "" };
  for (const [count, line] of text.split("\n").entries()) {
    const words = line.split(/[ \t]/).filter(Boolean);
    try {
      demand(!/[\x00-\x08\x0b-\x1f\x7f]/.test(line), "policy");
      if (words.length > 0 && !words[0].startsWith("#")) await readPolicyLine(policy, ...words);
    } catch (error) {
      throw error instanceof NotProved ? new NotProved("policy", count + 1) : error;
    }
  }
  demand(policy.quorum, "quorum");
  return policy;
}

async function readPolicyLine(policy, kind, ...words) {
  if (kind === "log" && (words.length === 1 || words.length === 2)) {
    const key = await readKey(words[0], LOG);
    demand(!includesKey(policy.logs, key), "policy");
    policy.logs.push(key);
  } else if (kind === "witness" && (words.length === 2 || words.length === 3)) {
    const key = await readKey(words[1], WITNESS);
    demand(!includesKey(witnessesOf(policy), key), "policy");
    giveName(policy, words[0], key);
  } else if (kind === "group" && words.length >= 3) {
    giveName(policy, words[0], readGroup(policy, ...words.slice(1)));
  } else {
    demand(kind === "quorum" && words.length === 1 && !policy.quorum, "policy");
    demand(words[0] === "none" || policy.named.has(words[0]), "policy");
    policy.quorum = words[0];
  }
}

/** A group of members that stand before it and are in no other group. */
function readGroup(policy, least, ...members) {
  for (const each of members) {
    demand(policy.named.has(each) && !policy.members.has(each), "policy");
    policy.members.add(each);
  }
  const count = { any: 1, all: members.length }[least] ?? number(least, "policy");
  demand(1 <= count && count <= members.length, "policy");
  return { least: count, members };
}

/** Give a witness or a group its name, if it is free. */
function giveName(policy, word, what) {
  demand(word !== "none" && !policy.named.has(word), "policy");
  policy.named.set(word, what);
}

const witnessesOf = (policy) => [...policy.named.values()].filter((each) => each.kind === WITNESS);

const includesKey = (keys, key) => keys.some((each) => toHex(each.public) === toHex(key.public));

/** Whether those who cosigned are enough for a witness, a group or `none`. */
function met(policy, word, seen) {
  if (word === "none") return true;
  const what = policy.named.get(word);
  if (what.kind === WITNESS) return seen.has(what);
  return what.members.filter((each) => met(policy, each, seen)).length >= what.least;
}

/* The receipt: docs/ledger.md, tlog-proof and tlog-checkpoint. */

/** Take a receipt apart at its empty lines: entry, proof, checkpoint, signatures. */
function readReceipt(bytes) {
  demand(bytes.length <= LONGEST, "receipt");
  const text = fromUtf8(bytes, "receipt");
  const parts = text.slice(0, -1).split("\n\n").map((part) => part.split("\n"));
  demand(parts.length === 4 && text.endsWith("\n") && !/[\x00-\x09\x0b-\x1f]/.test(text), "receipt");
  const [[header, entry, ...disclosures], [kind, ...proof], checkpoint, signatures] = parts;
  demand(header === "ngoma-receipt@v1" && entry !== undefined, "receipt");
  demand(kind === "c2sp.org/tlog-proof@v1", "receipt");
  if (proof[0]?.startsWith("extra ")) {
    demand(fromBase64(proof.shift().slice(6), "receipt").length > 0, "receipt"); // nobody signs it
  }
  demand(proof[0]?.startsWith("index "), "receipt");
  const index = number(proof[0].slice(6), "receipt");
  const path = proof.slice(1).map((line) => fromBase64(line, "receipt", 32));
  demand(checkpoint.length >= 3 && checkpoint.every(Boolean) && signatures.length <= 100, "receipt");
  const [log, size, root] = checkpoint;
  return {
    entry,
    disclosures,
    index,
    path,
    log,
    size: number(size, "receipt"),
    root: fromBase64(root, "receipt", 32),
    checkpoint: `${checkpoint.join("\n")}\n`,
    signatures: signatures.map(readSignature),
  };
}

/** A line of a signed note: dash, name, base64 of the key's id and the signature. */
function readSignature(line) {
  const [dash, by, written, ...more] = line.split(" ");
  demand(dash === "\u2014" && written !== undefined && more.length === 0, "receipt");
  const data = fromBase64(written, "receipt");
  demand(data.length > 4, "receipt");
  return { name: readName(by, "receipt"), id: toHex(data.slice(0, 4)), value: data.slice(4) };
}

/* What is proved. */

/** When each witness cosigned, in seconds since 1970. A signature by a key that is not known says
    nothing and is passed over; one by a known key that is false condemns the receipt. */
async function checkSignatures(receipt, policy) {
  const logs = new Set();
  const seen = new Map();
  for (const { name: by, id, value } of receipt.signatures) {
    const keys = [...policy.logs, ...witnessesOf(policy)];
    const key = keys.find((each) => each.name === by && each.id === id);
    if (key?.kind === LOG) {
      demand(await signed(key, value, receipt.checkpoint), "signature", by);
      logs.add(by);
    } else if (key) {
      const at = readSeconds(value, by);
      const message = `cosignature/v1\ntime ${at}\n${receipt.checkpoint}`;
      demand(await signed(key, value.slice(8), message), "signature", by);
      seen.set(key, Math.min(at, seen.get(key) ?? at));
    }
  }
  demand(policy.logs.some((key) => key.name === receipt.log), "log", receipt.log);
  demand(logs.has(receipt.log), "unsigned", receipt.log);
  demand(met(policy, policy.quorum, seen), "witnesses");
  return seen;
}

function readSeconds(cosignature, by) {
  demand(cosignature.length === 72, "signature", by);
  const at = new DataView(cosignature.buffer).getBigUint64(0);
  demand(at <= LAST_SECOND, "signature", by);
  return Number(at);
}

/** The entry leads to the root of the tree: RFC 6962, checked as RFC 9162 section 2.1.3.2 says. */
async function checkPath({ entry, index, path, size, root }) {
  demand(index < size, "tree");
  let [at, last] = [index, size - 1];
  const up = () => ([at, last] = [Math.floor(at / 2), Math.floor(last / 2)]);
  let found = await sha256(Uint8Array.of(0), utf8(entry));
  for (const sibling of path) {
    demand(last > 0, "tree");
    if (at % 2 === 1 || at === last) {
      found = await sha256(Uint8Array.of(1), sibling, found);
      while (at > 0 && at % 2 === 0) up();
    } else {
      found = await sha256(Uint8Array.of(1), found, sibling);
    }
    up();
  }
  demand(last === 0 && toHex(found) === toHex(root), "tree");
}

/** The entry of an event, if all its members are there and as they should be. */
function readEntry(line) {
  const entry = readJson(line, "entry");
  const members = "_sd,case,city,kind,prev,seq,time";
  demand(entry !== null && Object.keys(entry).sort().join() === members, "entry");
  const { city, kind, seq, time, _sd: sealed } = entry;
  demand([city, kind].every((each) => typeof each === "string" && each !== ""), "entry");
  demand(Number.isSafeInteger(seq) && seq >= 1 && isTime(time), "entry");
  fromBase64url(entry.case, "entry", 16);
  fromBase64url(entry.prev, "entry", seq === 1 ? 0 : 32);
  demand(Array.isArray(sealed), "entry");
  for (const each of sealed) fromBase64url(each, "entry", 32);
  demand([...new Set(sealed)].sort().join() === sealed.join(), "entry");
  return entry;
}

/** Whether it is written as an entry's time is, and there is such a day. */
function isTime(text) {
  const form = /^[1-9]\d{3}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;
  const read = form.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(read) && new Date(read).toISOString().slice(0, 19) === text.slice(0, 19);
}

/** The fields that the receipt opens, each of which the entry must have committed to. */
async function openFields(entry, disclosures) {
  const fields = new Map();
  for (const disclosure of disclosures) {
    const commitment = toBase64url(await sha256(utf8(disclosure)));
    demand(entry._sd.includes(commitment), "stranger");
    const content = readJson(fromUtf8(fromBase64url(disclosure, "field"), "field"), "field");
    demand(Array.isArray(content) && content.length === 3, "field");
    const [salt, called, value] = content;
    fromBase64url(salt, "field", 32);
    demand(typeof called === "string" && !fields.has(called), "field");
    fields.set(called, value);
  }
  return fields;
}

/** What a receipt proves to whoever trusts as the policy says, or NotProved. */
async function check(bytes, policyText) {
  demand(await canCheck(), "browser");
  const policy = await readPolicy(policyText);
  const receipt = readReceipt(bytes);
  const seen = await checkSignatures(receipt, policy);
  await checkPath(receipt);
  const entry = readEntry(receipt.entry);
  const fields = await openFields(entry, receipt.disclosures);
  return {
    index: receipt.index,
    city: entry.city,
    case: entry.case,
    seq: entry.seq,
    kind: entry.kind,
    time: entry.time,
    fields: Object.fromEntries(fields),
    closed: entry._sd.length - fields.size,
    log: receipt.log,
    size: receipt.size,
    witnesses: witnessesOf(policy)
      .filter((key) => seen.has(key))
      .map((key) => ({ name: key.name, time: isoTime(seen.get(key)) })),
  };
}

const isoTime = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** Whether this browser knows Ed25519: it must take the first signature of RFC 8032, of an empty message. */
async function canCheck() {
  const key = { public: fromBase64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "browser") };
  const signature = fromBase64(
    "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==",
    "browser",
  );
  return signed(key, signature, "");
}

/* The page. */

const byId = (id) => document.getElementById(id);

/** Which answer is awaited: one that comes after the receipt has changed is not shown. */
let turn = 0;

function listen() {
  const texts = JSON.parse(byId("texts").textContent);
  const [form, file, box] = ["form", "file", "box"].map(byId);
  form.hidden = false;
  forget(); // a page may have been saved with an answer in it
  form.addEventListener("input", forget);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(texts);
  });
  file.addEventListener("change", () => take(file.files, texts));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    box.addEventListener(kind, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      box.classList.toggle("over", kind === "dragover");
      if (kind === "drop") take(event.dataTransfer.files, texts);
    });
  }
  canCheck().then((can) => can || show(refused("browser", "", texts)));
}

/** Show the text of a file that was chosen, and check it. */
async function take([file], texts) {
  if (!file) return;
  byId("receipt").value = await file.slice(0, LONGEST + 1).text();
  byId("file").value = ""; // so that the same file can be chosen again
  await answer(texts);
}

function forget() {
  turn += 1;
  byId("result").replaceChildren();
}

async function answer(texts) {
  forget();
  const asked = turn;
  let boxed;
  try {
    const text = byId("receipt").value.trim();
    demand(text !== "", "nothing");
    // Copying a text easily takes its last newline away, or adds one.
    boxed = proved(await check(utf8(`${text}\n`), byId("policy").value), texts);
  } catch (error) {
    if (!(error instanceof NotProved)) console.error(error);
    boxed = refused(error.reason ?? "receipt", error.about, texts);
  }
  if (asked === turn) show(boxed);
}

function show(boxed) {
  byId("result").replaceChildren(boxed);
  boxed.scrollIntoView({ block: "nearest" });
}

function refused(reason, about, texts) {
  const why = texts.reasons[reason].replace(/\{\w+\}/, () => about);
  if (reason === "browser" || reason === "nothing") return make("div", "ask", make("h2", "", why));
  const head = make("h2", "", texts.refused.replace("{reason}", () => why));
  const advice = reason === "receipt" ? texts.copied : texts.caution;
  return make("div", "stop", head, make("p", "", advice));
}

function proved(facts, texts) {
  const rows = [
    [texts.kind, facts.kind],
    [texts.time, moment(facts.time)],
    ...Object.entries(facts.fields).map(([name, value]) => [labelOf(name, texts), spoken(value)]),
    [texts.closed, facts.closed],
    [texts.city, facts.city],
    [texts.case, facts.case],
    [texts.seq, facts.seq],
    [texts.log, facts.log],
    [texts.size, facts.size.toLocaleString(language())],
    [texts.index, facts.index],
    ...facts.witnesses.map(({ name, time }) => [texts.witness, `${name}\n${moment(time)}`]),
  ];
  const said = facts.witnesses.length > 0 ? texts.kept : texts.alone;
  const table = make("table", "", make("tbody", "", ...rows.map(row)));
  return make("div", "told", make("h2", "", texts.genuine), make("p", "", said), table);
}

function row([label, value]) {
  const [head, cell] = [make("th", "", label), make("td", "", String(value))];
  head.scope = "row";
  cell.dir = "auto";
  return make("tr", "", head, cell);
}

const labelOf = (name, texts) => (Object.hasOwn(texts.fields, name) ? texts.fields[name] : name);

/** The value of a field as people write it: short lists in one line, all else line by line. */
function spoken(value) {
  if (value === null) return "–";
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) {
    const pair = ([name, each]) => (name ? `${name}: ${spoken(each)}` : spoken(each));
    return Object.entries(value).map(pair).join("\n");
  }
  const parts = value.filter((each) => each !== null).map(spoken);
  return parts.join(parts.every((part) => part.length < 20) ? ", " : "\n");
}

const language = () => document.documentElement.lang;

function moment(iso) {
  const form = { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" };
  const time = new Intl.DateTimeFormat(language(), form).format(new Date(iso));
  return `${time} UTC`;
}

function make(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

listen();
