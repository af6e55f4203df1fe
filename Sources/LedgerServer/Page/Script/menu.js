// The menus of the rows. The browser opens and closes them (popover); here they get the keys of a menu button
// (WAI-ARIA Authoring Practices, menu button pattern), and the roles that promise these keys.

function prepareMenus() {
  for (const button of document.querySelectorAll("button[popovertarget]")) {
    button.setAttribute("aria-haspopup", "menu");
  }
}

function menuItems(menu) {
  return [...menu.querySelectorAll("a")];
}

document.addEventListener("beforetoggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu") || event.newState !== "open") return;
  menu.setAttribute("role", "menu");
  for (const item of menuItems(menu)) {
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
  }
}, true);

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".menu") && event.newState === "open") menuItems(event.target)[0]?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("button[popovertarget]");
  if (button && event.key === "ArrowDown") {
    event.preventDefault();
    document.getElementById(button.getAttribute("popovertarget"))?.showPopover({ source: button });
    return;
  }
  const menu = event.target.closest?.(".menu:popover-open");
  if (!menu) return;
  const items = menuItems(menu);
  const index = items.indexOf(document.activeElement);
  const next = {
    ArrowDown: (index + 1) % items.length,
    ArrowUp: (index - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (next !== undefined) {
    event.preventDefault();
    items[next].focus();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  }
});

// What was chosen is done, also where it opens elsewhere or in a dialog.
document.addEventListener("click", (event) => {
  event.target.closest?.(".menu:popover-open a")?.closest(".menu").hidePopover();
});
