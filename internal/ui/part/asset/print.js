// Prints the page. The buttons are hidden until this runs: without script the browser's own menu
// prints as well.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.addEventListener("click", () => window.print());
  button.hidden = false;
}
