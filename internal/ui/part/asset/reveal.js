// Lets people see the password that they type. The buttons are hidden until
// this runs, so without script there is nothing that does not work.
for (const button of document.querySelectorAll("button[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => {
    set(input.type === "password");
    input.focus();
  });
  // Password managers and the browser's history expect a password field.
  input.form.addEventListener("submit", () => set(false));
  button.hidden = false;
}
