// What drops down over the page (the choice of a project, the filters) closes as menus do: with Escape, and when something
// else is meant.

document.addEventListener("keydown", (event) => {
  const drop = event.target.closest?.("details.drop[open]");
  if (!drop || event.key !== "Escape") return;
  drop.open = false;
  drop.querySelector("summary").focus();
});

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const drop of document.querySelectorAll("details.drop[open]")) {
      if (!drop.contains(event.target)) drop.open = false;
    }
  });
}
