// Waits for something that happens elsewhere. An element names in data-wait the address that says how
// it stands, and in data-state how it stood when the page was made. When that has changed, a form is
// sent whose data-when is the new state, and else the page is loaded anew. Without script the
// page's own buttons do the same.
const EVERY = 2000;

for (const element of document.querySelectorAll("[data-wait]")) {
  const look = async () => {
    try {
      const answer = await fetch(element.dataset.wait, { redirect: "manual", cache: "no-store" });
      if (answer.ok) {
        const { state } = await answer.json();
        if (state !== element.dataset.state) {
          if (element.dataset.when === state) element.submit();
          else location.reload();
          return;
        }
      }
    } catch {
      // offline for a moment
    }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
