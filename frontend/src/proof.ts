/** Shows that this device worked for a form, as public/proofs.py asks in a flood; or waited for it. */

interface Challenge {
  work: { parameters: { cost: number; keyLength: number; keyPrefix: string; nonce: string; salt: string } };
  ticket: string;
  wait: number;
}

const AT_ONCE = 4;
const GRACE_MS = 500;

/** What the form hands in as `proof`: the work, or the ticket when its turn comes first. Needs no page. */
export async function prove(challenge: unknown): Promise<string> {
  const { work, ticket, wait } = challenge as Challenge;
  let over = false;
  const waited = new Promise<string>((done) => setTimeout(() => done(ticket), wait * 1000 + GRACE_MS));
  // Without WebCrypto, as on a page without TLS, there is only the wait.
  const worked = solve(work, () => over).catch(() => waited);
  const proof = await Promise.race([worked, waited]);
  over = true;
  return proof;
}

/** Derives keys, off this thread, until one begins as asked. */
async function solve(work: Challenge["work"], over: () => boolean): Promise<string> {
  const { cost, keyLength, keyPrefix, nonce, salt } = work.parameters;
  const derive = async (counter: number) => {
    const password = new Uint8Array([...bytes(nonce), ...new Uint8Array(4)]);
    new DataView(password.buffer).setUint32(password.length - 4, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    const derivedKey = hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
    return { counter, derivedKey };
  };
  for (let counter = 0; !over(); counter += AT_ONCE) {
    const some = await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => derive(counter + more)));
    const solution = some.find((each) => each.derivedKey.startsWith(keyPrefix));
    if (solution) return btoa(JSON.stringify({ challenge: work, solution }));
  }
  throw new Error("over");
}

const bytes = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer: ArrayBuffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
