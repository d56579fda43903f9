// Finds the number that a page asks strangers for while passwords are being tried by the thousand:
// SHA-256 of the challenge's digest in hex and the number begins with so many zero bits. It works in
// slices of a few milliseconds, so that the page stays usable, and sends the form when it is done if
// the person pressed the button before.
const K = new Uint32Array(64);
const INITIAL = new Uint32Array(8);
{
  // The constants of FIPS 180-4 §4.2.2 and §5.3.3: fractions of roots of the first primes.
  const fraction = (x) => (x - Math.floor(x)) * 2 ** 32;
  for (let n = 2, count = 0; count < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) prime = prime && n % d !== 0;
    if (!prime) continue;
    K[count] = fraction(Math.cbrt(n));
    if (count < 8) INITIAL[count] = fraction(Math.sqrt(n));
    count++;
  }
}

const w = new Uint32Array(64);

// block is the compression function: it returns the state after 64 more bytes.
function block(state, bytes) {
  for (let i = 0; i < 16; i++) {
    w[i] = (bytes[4 * i] << 24) | (bytes[4 * i + 1] << 16) | (bytes[4 * i + 2] << 8) | bytes[4 * i + 3];
  }
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15], b = w[i - 2];
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const out = new Uint32Array(8);
  [a, b, c, d, e, f, g, h].forEach((x, i) => { out[i] = state[i] + x; });
  return out;
}

const ascii = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

// last is the block that ends a message: its bytes, a one bit, zeros and the length of it all.
function last(tail, length) {
  const out = new Uint8Array(64);
  out.set(tail);
  out[tail.length] = 0x80;
  new DataView(out.buffer).setUint32(60, length * 8);
  return out;
}

function hex(state) {
  return Array.from(state, (x) => x.toString(16).padStart(8, "0")).join("");
}

// digest is SHA-256 of a short text.
function digest(text) {
  const bytes = ascii(text);
  let state = INITIAL, at = 0;
  for (; bytes.length - at >= 64; at += 64) state = block(state, bytes.subarray(at, at + 64));
  const rest = bytes.subarray(at);
  if (rest.length <= 55) return block(state, last(rest, bytes.length));
  const full = new Uint8Array(64);
  full.set(rest);
  full[rest.length] = 0x80;
  const end = new Uint8Array(64);
  new DataView(end.buffer).setUint32(60, bytes.length * 8);
  return block(block(state, full), end);
}

// solve calls found with the proof.
function solve(challenge, bits, found) {
  const seed = block(INITIAL, ascii(hex(digest(challenge)))); // 64 digits fill a block
  let n = 0;
  const slice = () => {
    const end = performance.now() + 12;
    do {
      for (let i = 0; i < 200; i++, n++) {
        const tail = ascii(String(n));
        if (Math.clz32(block(seed, last(tail, 64 + tail.length))[0]) >= bits) {
          found(String(n));
          return;
        }
      }
    } while (performance.now() < end);
    setTimeout(slice);
  };
  slice();
}

for (const box of document.querySelectorAll("[data-puzzle]")) {
  const proof = box.querySelector("input[name=proof]");
  const form = proof.form;
  let pressed = null;
  form.addEventListener("submit", (event) => {
    if (proof.value !== "") return;
    event.preventDefault();
    pressed = { by: event.submitter };
    form.setAttribute("aria-busy", "true");
  });
  box.querySelector("[data-working]").hidden = false;
  solve(box.dataset.puzzle, Number(box.dataset.bits), (number) => {
    proof.value = number;
    box.querySelector("[data-working]").hidden = true;
    box.querySelector("[data-solved]").hidden = false;
    form.removeAttribute("aria-busy");
    if (pressed) form.requestSubmit(pressed.by);
  });
}
