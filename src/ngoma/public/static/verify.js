// Checks a receipt of the ledger with the browser's own cryptography, and asks nobody.
// Inlined into its page, so that the page goes on working when it is saved.
"use strict";

const NgomaVerify = (() => {
  const LOG = 1, WITNESS = 4;
  const MEMBERS = ["_sd", "case", "city", "kind", "prev", "seq", "time"];
  const utf8 = new TextEncoder();

  /** Why a receipt proves nothing: the name of a reason, and what it is about. */
  class NotProved extends Error {
    constructor(reason, about = "") {
      super(reason);
      this.about = about;
    }
  }

  function need(condition, reason, about) {
    if (!condition) throw new NotProved(reason, about);
  }

  // Numbers and bytes, one spelling each.

  function bytesOf(text) {
    let written;
    try {
      written = atob(text);
    } catch {
      throw new NotProved("form");
    }
    need(btoa(written) === text, "form");
    return Uint8Array.from(written, (c) => c.charCodeAt(0));
  }

  const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const fromUrl = (text) => bytesOf(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
  const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

  function number(text) {
    need(/^(0|[1-9][0-9]{0,14})$/.test(text), "form");
    return Number(text);
  }

  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

  // Signatures: https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature

  async function readKey(vkey, kind) {
    const [name, id, ...rest] = vkey.split("+");
    const material = bytesOf(rest.join("+"));
    need(name && material.length === 33 && material[0] === kind, "key", name);
    const found = (await sha256(utf8.encode(`${name}\n`), material)).slice(0, 4);
    need([...found].map((byte) => byte.toString(16).padStart(2, "0")).join("") === id, "key", name);
    const key = await crypto.subtle.importKey("raw", material.slice(1), "Ed25519", false, ["verify"]);
    return { name, id: found, kind, key };
  }

  /** The time of a witness's signature, 0 of a log's. */
  async function checkSignature(key, text, value) {
    let message = utf8.encode(text), signature = value, at = 0;
    if (key.kind === WITNESS) {
      need(value.length === 72, "signature", key.name);
      at = Number(new DataView(value.buffer).getBigUint64(0));
      message = utf8.encode(`cosignature/v1\ntime ${at}\n${text}`);
      signature = value.slice(8);
    }
    need(await crypto.subtle.verify("Ed25519", key.key, signature, message), "signature", key.name);
    return at;
  }

  function readNote(note) {
    const gap = note.lastIndexOf("\n\n");
    need(gap > 0 && note.endsWith("\n"), "form");
    const lines = note.slice(gap + 2, -1).split("\n");
    const signatures = lines.map((line) => {
      const [name, written, ...more] = line.slice(2).split(" ");
      need(line.startsWith("\u2014 ") && name && written && !more.length, "form");
      const data = bytesOf(written);
      need(data.length > 4, "form");
      return { name, id: data.slice(0, 4), value: data.slice(4) };
    });
    return { text: note.slice(0, gap + 1), signatures };
  }

  /** Times of the signatures by a key; one that is false condemns the note. */
  async function signedBy(key, note) {
    const own = note.signatures.filter(({ name, id }) => name === key.name && same(id, key.id));
    return Promise.all(own.map(({ value }) => checkSignature(key, note.text, value)));
  }

  // Whom to trust: https://c2sp.org/tlog-policy

  async function readPolicy(text) {
    const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: "" };
    const known = (name) => policy.witnesses.has(name) || policy.groups.has(name);
    const free = (name) => need(name !== "none" && !known(name), "policy", name);
    for (const line of text.split("\n")) {
      const [kind, ...words] = line.trim().split(/[ \t]+/);
      if (!kind || kind.startsWith("#")) continue;
      if (kind === "log" && words.length >= 1 && words.length <= 2) {
        policy.logs.push(await readKey(words[0], LOG));
      } else if (kind === "witness" && words.length >= 2 && words.length <= 3) {
        free(words[0]);
        policy.witnesses.set(words[0], await readKey(words[1], WITNESS));
      } else if (kind === "group" && words.length >= 3) {
        const [name, least, ...members] = words;
        free(name);
        const count = { all: members.length, any: 1 }[least] ?? number(least);
        need(members.every(known) && count >= 1 && count <= members.length, "policy", name);
        policy.groups.set(name, { count, members });
      } else if (kind === "quorum" && words.length === 1 && !policy.quorum) {
        need(words[0] === "none" || known(words[0]), "policy", words[0]);
        policy.quorum = words[0];
      } else throw new NotProved("policy", line);
    }
    need(policy.logs.length && policy.quorum, "policy");
    return policy;
  }

  function met(policy, name, seen) {
    if (name === "none" || seen.has(name)) return true;
    const group = policy.groups.get(name);
    return !!group && group.members.filter((each) => met(policy, each, seen)).length >= group.count;
  }

  // The tree: RFC 6962 section 2.1, checked as RFC 9162 section 2.1.3.2 says

  const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
  const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

  async function checkInclusion(index, size, root, leaf, hashes) {
    need(index < size, "tree");
    let at = index, last = size - 1, found = leaf;
    const half = (n) => Math.floor(n / 2);
    for (const each of hashes) {
      need(last > 0, "tree");
      if (at % 2 || at === last) {
        found = await nodeHash(each, found);
        while (at % 2 === 0 && at) [at, last] = [half(at), half(last)];
      } else found = await nodeHash(found, each);
      [at, last] = [half(at), half(last)];
    }
    need(last === 0 && same(found, root), "tree");
  }

  async function checkProof(proof, entry, policy) {
    const gap = proof.indexOf("\n\n");
    const lines = proof.slice(0, gap).split("\n");
    need(gap > 0 && lines[0] === "c2sp.org/tlog-proof@v1", "form");
    if (lines[1]?.startsWith("extra ")) lines.splice(1, 1); // nothing vouches for it
    need(lines[1]?.startsWith("index "), "form");
    const index = number(lines[1].slice("index ".length));
    const note = readNote(proof.slice(gap + 2));
    const [origin, written, root, ...rest] = note.text.split("\n");
    need(rest.length, "form");
    const size = number(written), rootHash = bytesOf(root);
    const logs = policy.logs.filter(({ name }) => name === origin);
    need(logs.length, "other", origin);
    const signed = await Promise.all(logs.map((key) => signedBy(key, note)));
    need(signed.flat().length, "unsigned", origin);
    const seen = new Map();
    for (const [name, key] of policy.witnesses) {
      const times = await signedBy(key, note);
      if (times.length) seen.set(name, { name: key.name, at: Math.min(...times) });
    }
    need(met(policy, policy.quorum, seen), "witnesses");
    await checkInclusion(index, size, rootHash, await leafHash(entry), lines.slice(2).map(bytesOf));
    return { index, origin, size, witnesses: [...seen.values()] };
  }

  // The entry and what opens it

  /** JSON in which no member of an object appears twice: whoever reads it reads the same. */
  function readJson(text) {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      throw new NotProved("form");
    }
    need(JSON.stringify(value).length === text.length, "form");
    return value;
  }

  async function openFields(entry, disclosures) {
    const fields = new Map();
    for (const each of disclosures) {
      need(entry._sd.includes(base64url(await sha256(utf8.encode(each)))), "disclosure");
      const found = readJson(new TextDecoder("utf-8", { fatal: true }).decode(fromUrl(each)));
      need(Array.isArray(found) && found.length === 3, "disclosure");
      const [salt, name, value] = found;
      need(typeof salt === "string" && salt.length === 43 && typeof name === "string" && !fields.has(name), "disclosure");
      fields.set(name, value);
    }
    return fields;
  }

  /** All that a receipt proves, by a policy. Throws NotProved. */
  async function check(receipt, policyText) {
    const policy = await readPolicy(policyText);
    const gap = receipt.indexOf("\n\n");
    const [header, written, ...disclosures] = receipt.slice(0, gap).split("\n");
    need(gap > 0 && header === "ngoma-receipt@v1" && written, "receipt");
    const entry = readJson(written);
    const proved = await checkProof(receipt.slice(gap + 2), utf8.encode(written), policy);
    if (entry.kind === "index") need(!disclosures.length, "disclosure");
    else need(Object.keys(entry).sort().join() === MEMBERS.join() && Array.isArray(entry._sd), "receipt");
    return { ...proved, entry, fields: await openFields(entry, disclosures) };
  }

  return { check, NotProved };
})();

if (typeof document !== "undefined" && document.getElementById("check")) {
  const $ = (id) => document.getElementById(id);
  const texts = JSON.parse($("texts").textContent);
  const language = document.documentElement.lang;
  const when = (at) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(at);
  /** A value as people read it: a list in a line, an object in lines. */
  const written = (value) => {
    if (Array.isArray(value)) return value.filter((each) => each !== null).map(written).join(", ");
    if (value && typeof value === "object") return Object.entries(value).map(([name, each]) => (name ? `${name}: ${written(each)}` : written(each))).join("\n");
    return String(value);
  };

  function row(name, value) {
    const line = document.createElement("tr");
    const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
    line.append(head, Object.assign(document.createElement("td"), { textContent: value }));
    return line;
  }

  function showProved(proved) {
    const { entry, fields } = proved;
    const rows = [row(texts.entry, `${proved.index} / ${proved.size}`), row(texts.log, proved.origin)];
    for (const name of ["city", "kind", "seq", "case", "day", "cases", "events"]) if (name in entry) rows.push(row(texts[name] ?? name, String(entry[name])));
    if (entry.time) rows.push(row(texts.time, when(new Date(entry.time))));
    for (const [name, value] of fields) rows.push(row(texts[name] ?? name, written(value)));
    const closed = (entry._sd?.length ?? 0) - fields.size;
    if (closed > 0) rows.push(row(texts.closed, String(closed)));
    for (const { name, at } of proved.witnesses) rows.push(row(texts.witness, `${name}, ${when(new Date(at * 1000))}`));
    $("facts").replaceChildren(...rows);
    $("verdict").textContent = proved.witnesses.length ? texts.genuine : `${texts.genuine} ${texts.alone}`;
  }

  async function run() {
    $("facts").replaceChildren();
    let good = false;
    try {
      showProved(await NgomaVerify.check($("receipt").value.replaceAll("\r\n", "\n"), $("policy").value.replaceAll("\r\n", "\n")));
      good = true;
    } catch (error) {
      const reason = error instanceof NgomaVerify.NotProved ? (texts.reasons[error.message] ?? error.message) : error.name === "NotSupportedError" || !crypto.subtle ? texts.old : texts.reasons.form;
      $("verdict").textContent = `${texts.refused} ${reason}${error.about ? ` (${error.about})` : ""}`;
    }
    $("result").className = good ? "good" : "bad";
    $("result").hidden = false;
    $("result").scrollIntoView({ block: "nearest" });
  }

  async function take(file) {
    if (!file) return;
    $("receipt").value = await file.text();
    run();
  }

  $("check").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  $("file").addEventListener("change", () => take($("file").files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  $("works").hidden = false;
}
