// A person with a browser without script: keeps cookies, follows redirects, fills in the forms of
// sign-in and consent. localhost counts as a secure origin, as in browsers.
import { createHmac } from 'node:crypto';
import http from 'node:http';

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'", '#43': '+' };
const plain = (text) => text.replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all);
const attributes = (tag) => Object.fromEntries(
  [...tag.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, name, value]) => [name, plain(value)]),
);

function forms(page) {
  return [...page.body.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(([, head, inside]) => ({
    action: new URL(attributes(head).action, page.url),
    fields: Object.fromEntries([...inside.matchAll(/<input([^>]*)>/g)].map(([, tag]) => attributes(tag))
      .filter((a) => a.name).map((a) => [a.name, a.value ?? ''])),
    buttons: Object.fromEntries([...inside.matchAll(/<button([^>]*)>/g)].map(([, tag]) => attributes(tag)).map((a) => [a.id, a])),
  }));
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

// totp is the code of a step of 30 seconds (RFC 6238), made of a key in base32.
function totp(key, step) {
  const bits = [...key].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map((octet) => parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const sum = createHmac('sha1', seed).update(counter).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

export class Person {
  #cookies = new Map();
  #app; // { key, last } once it is set up

  constructor({ id, username, password, approve = true }) {
    Object.assign(this, { id, username, password, approve });
  }

  request(url, form) {
    const jar = this.#cookies.get(url.host) ?? new Map();
    this.#cookies.set(url.host, jar);
    const body = form && new URLSearchParams(form).toString();
    const headers = { host: url.host, 'accept-language': 'en' };
    if (jar.size) headers.cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    if (form) {
      Object.assign(headers, {
        'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body),
        origin: url.origin, 'sec-fetch-site': 'same-origin',
      });
    }
    return new Promise((resolve, reject) => {
      const req = http.request({
        host: '127.0.0.1', port: url.port, path: url.pathname + url.search, method: form ? 'POST' : 'GET', headers, agent: false,
      }, (res) => {
        for (const line of res.headers['set-cookie'] ?? []) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
          if (!value || /max-age=(0|-\d+)/i.test(line)) jar.delete(name); else jar.set(name, value);
        }
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (part) => { text += part; });
        res.on('end', () => resolve({ url, status: res.statusCode, headers: res.headers, body: text }));
        res.on('error', reject);
      });
      req.on('error', reject);
      req.end(body);
    });
  }

  // follow asks for a URL until a page, or until a redirect leads to stop.
  async follow(page, stop) {
    for (let i = 0; i < 20; i++) {
      if (!page.headers.location) return page;
      const to = new URL(page.headers.location, page.url);
      if (stop && to.href.startsWith(stop)) return { ...page, to };
      page = await this.request(to);
    }
    throw new Error(`more than 20 redirects, the last to ${page.url}`);
  }

  // code is one of the app's that was not used; the next one, which counts a step early, if need be.
  code() {
    const step = Math.max(Math.floor(Date.now() / 30000), this.#app.last + 1);
    this.#app.last = step;
    return totp(this.#app.key, step);
  }

  // setUpApp gives a person who is signed in an authenticator app.
  async setUpApp(url) {
    const page = await this.follow(await this.request(url));
    const [, key] = /[?&]secret=([A-Z2-7]+)/.exec(plain(page.body)) ?? [];
    if (!key) throw new Error(`${page.url} shows no key:\n${page.body.slice(0, 2000)}`);
    this.#app = { key, last: 0 };
    const form = forms(page).find(({ fields }) => 'code' in fields);
    await this.follow(await this.request(form.action, { ...form.fields, code: this.code() }));
  }

  // authorize opens an authorization request and answers its pages. It returns what a redirect
  // URI would receive: the URL of a redirect, or the Request of a form_post page.
  async authorize(url, redirectUri) {
    let page = await this.follow(await this.request(new URL(url)), redirectUri);
    for (let i = 0; i < 10; i++) {
      if (page.to) return page.to;
      let sent;
      for (const { action, fields, buttons } of forms(page)) {
        if (action.href.startsWith(redirectUri)) {
          return new Request(action, {
            method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: new URLSearchParams(fields).toString(),
          });
        }
        if ('password' in fields && !this.password) throw new Error(`${page.url} asks for the password`);
        if ('password' in fields) sent = [action, { ...fields, username: fields.username || this.username, password: this.password }];
        else if ('username' in fields) sent = [action, { ...fields, username: this.username }]; // the page before the password's
        if ('code' in fields && this.#app) sent = [action, { ...fields, code: this.code() }];
        const button = buttons[this.approve ? 'approve' : 'deny'];
        if (button) sent = [action, { ...fields, [button.name]: button.value }];
        if (sent) break;
      }
      if (!sent) throw new Error(`${page.url} answered ${page.status} with nothing to do:\n${page.body.slice(0, 2000)}`);
      page = await this.follow(await this.request(...sent), redirectUri);
    }
    throw new Error(`the flow does not end: ${page.url}`);
  }
}

// What the Go test made for us: issuer, clients, resource, person.
export const given = JSON.parse(process.env.INTEROP ?? 'null');

// somebody is another person each time, in a new browser.
let next = 0;
export const somebody = (how = {}) => new Person({ ...given.people[next++ % given.people.length], ...how });
