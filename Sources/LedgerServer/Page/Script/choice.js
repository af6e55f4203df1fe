// The choice of a project closes as other menus do: with Escape, and when something else is meant.

document.addEventListener("keydown", (event) => {
  const choice = event.target.closest?.("details.choice[open]");
  if (!choice || event.key !== "Escape") return;
  choice.open = false;
  choice.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const choice of document.querySelectorAll("details.choice[open]")) {
    if (!choice.contains(event.target)) choice.open = false;
  }
});
