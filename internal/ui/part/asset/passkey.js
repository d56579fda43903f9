// Runs the ceremonies of WebAuthn for the forms that ask for them. A form names in data-passkey what
// it is for: "create" a key, "get" an answer of one at the press of its button, or "autofill": the
// same, and beforehand among what the browser offers for the field with the autocomplete word
// webauthn. The answer goes into the form's field "credential", and the form is sent.
const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const encode = (data) =>
  btoa(Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const keys = (list) => list.map((key) => ({ ...key, id: decode(key.id) }));

// The challenge lives for five minutes; an offer in a field is made anew before that.
const RENEW = 4 * 60 * 1000;

const supported = Boolean(window.isSecureContext && window.PublicKeyCredential && navigator.credentials);

// One ceremony runs at a time: a button ends the offer in the field.
let running = new AbortController();

const options = async (form, signal) => {
  const body = new URLSearchParams(new FormData(form));
  body.delete("credential");
  const answer = await fetch(form.dataset.options, { method: "POST", body, signal, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    location.reload(); // the page itself leads to the proof that is missing
    return new Promise(() => {});
  }
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
};

const create = async (form, signal) => {
  const publicKey = await options(form, signal);
  publicKey.challenge = decode(publicKey.challenge);
  publicKey.user.id = decode(publicKey.user.id);
  publicKey.excludeCredentials = keys(publicKey.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey, signal });
  const extensions = made.getClientExtensionResults();
  return {
    ...common(made),
    clientExtensionResults: extensions.credProps ? { credProps: { rk: extensions.credProps.rk } } : {},
    response: {
      clientDataJSON: encode(made.response.clientDataJSON),
      attestationObject: encode(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
};

const get = async (form, signal, mediation) => {
  const publicKey = await options(form, signal);
  publicKey.challenge = decode(publicKey.challenge);
  publicKey.allowCredentials = keys(publicKey.allowCredentials);
  const got = await navigator.credentials.get({ publicKey, signal, ...(mediation && { mediation }) });
  return {
    ...common(got),
    clientExtensionResults: {},
    response: {
      clientDataJSON: encode(got.response.clientDataJSON),
      authenticatorData: encode(got.response.authenticatorData),
      signature: encode(got.response.signature),
      ...(got.response.userHandle && { userHandle: encode(got.response.userHandle) }),
    },
  };
};

const common = (credential) => ({
  id: credential.id,
  rawId: encode(credential.rawId),
  type: credential.type,
  ...(credential.authenticatorAttachment && { authenticatorAttachment: credential.authenticatorAttachment }),
});

const send = (form, credential) => {
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
};

// What went wrong, in the words that the page brings along.
const say = (form, text) => {
  const line = form.querySelector("[role=alert]");
  line.querySelector("span").textContent = text;
  line.hidden = !text;
};

const words = (form, error) => {
  switch (error.name) {
    case "NotAllowedError":
    case "AbortError":
      return form.dataset.cancelled;
    case "InvalidStateError":
      return form.dataset.exists;
    case "NotSupportedError":
    case "SecurityError":
      return form.dataset.unsupported;
  }
  return form.dataset.failed;
};

const offer = async (form) => {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  for (let again = true; again; ) {
    again = false;
    running = new AbortController();
    const { signal } = running;
    const timer = setTimeout(() => {
      again = true;
      running.abort();
    }, RENEW);
    try {
      send(form, await get(form, signal, "conditional"));
    } catch {
      // Nobody chose a key, or the button was pressed: the page works on without the offer.
    }
    clearTimeout(timer);
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  if (!supported) {
    if (form.dataset.passkey !== "autofill") say(form, form.dataset.unsupported);
    continue;
  }
  const ceremony = form.dataset.passkey === "create" ? create : get;
  const run = async () => {
    running.abort();
    running = new AbortController();
    button.disabled = true;
    say(form, "");
    try {
      send(form, await ceremony(form, running.signal));
    } catch (error) {
      say(form, words(form, error));
      button.disabled = false;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // send sends it, and then there is an answer in it
    run();
  });
  window.addEventListener("pageshow", () => {
    button.disabled = false;
  });
  button.hidden = false;
  if (form.dataset.passkey === "autofill") offer(form);
}
