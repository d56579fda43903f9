"use strict";
// The samples follow the form: a colour at once, all else as the server computes it for the button
// "Preview". Without script the button does it.
for (const form of document.querySelectorAll("form[data-preview]")) {
  let timer;
  let asked = new AbortController();

  const at = (id) => document.getElementById(id);

  const take = (page) => {
    const sheet = document.querySelector("link[data-samples]");
    const next = page.querySelector("link[data-samples]");
    const show = () => {
      for (const id of ["samples", "verdict"]) at(id).replaceChildren(...page.getElementById(id).childNodes);
    };
    if (!sheet || !next || sheet.getAttribute("href") === next.getAttribute("href")) return show();
    const loaded = document.importNode(next);
    loaded.addEventListener("load", () => {
      show();
      sheet.remove();
    });
    sheet.after(loaded);
  };

  const ask = async () => {
    asked.abort();
    asked = new AbortController();
    const data = new URLSearchParams(new FormData(form));
    data.set("do", "preview");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, signal: asked.signal, headers: { Accept: "text/html" } });
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (e) {
      if (e.name !== "AbortError") throw e;
    }
  };

  form.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.pick) {
      at(field.dataset.pick).value = field.value;
      at(field.dataset.pick).dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    if (field.dataset.token && /^#[0-9a-f]{6}$/i.test(field.value)) {
      at(field.id + "-pick").value = field.value;
      for (const sample of document.querySelectorAll(".sample-" + field.dataset.scheme)) sample.style.setProperty(field.dataset.token, field.value);
    }
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });

  for (const picker of form.querySelectorAll("[data-pick]")) picker.hidden = false;
}
