// The page that asks before something is done, as a dialog over the page that one was on. What it sends is the same
// form, so the answer is the same page.

async function askInDialog(link) {
  const page = await fetchPage(link.href).catch(() => null);
  const question = page?.getElementById("ask");
  if (!question) {
    location.assign(link.href);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "ask-title");
  dialog.append(document.adoptNode(question));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest(".cancel")) {
      event.preventDefault();
      dialog.close();
    }
  });
  // A second click must not ask a second time.
  dialog.addEventListener("submit", () => {
    dialog.querySelector("button[type=submit]").disabled = true;
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-asks]");
  if (!link || isForElsewhere(event)) return;
  event.preventDefault();
  askInDialog(link);
});
