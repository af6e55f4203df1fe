// The live mode: the feed of events says when to read the page again, at most once a second. Only cells that differ are
// replaced, and never what has the focus.

const eventTypes = [
  "workload.created", "workload.queued", "workload.started", "workload.completed", "workload.failed",
  "workload.terminated", "workload.contactlost", "workload.deleterequested", "workload.deleted",
  "workload.deletefailed",
];

/** Ends the live mode; startLive puts the real one in its place. */
let stopLive = () => {};

function startLive(button) {
  const text = document.getElementById("live-text");
  let source = null;
  let pause = 0;

  async function refresh() {
    pause = 0;
    const address = new URL(location.href);
    address.searchParams.delete("queued");
    const page = await fetchPage(address).catch(() => null);
    if (!source || !page) return;
    refreshResult(page);
    const total = document.querySelector("#total").textContent;
    text.textContent = "Live. " + total + " at " + document.querySelector("#read-at").textContent + ".";
  }

  function note() {
    if (!pause) pause = setTimeout(refresh, 1000);
  }

  stopLive = () => {
    source?.close();
    source = null;
    clearTimeout(pause);
    pause = 0;
    text.textContent = "";
    button.setAttribute("aria-pressed", "false");
  };

  function begin() {
    button.setAttribute("aria-pressed", "true");
    text.textContent = "Connecting…";
    source = new EventSource(button.dataset.stream);
    for (const type of eventTypes) source.addEventListener(type, note);
    source.addEventListener("open", () => {
      text.textContent = "Live.";
      note();
    });
    source.addEventListener("error", () => {
      const isOver = source.readyState === EventSource.CLOSED;
      if (isOver) stopLive();
      text.textContent = isOver ? "The connection was refused; live is off." : "Connection lost; trying again…";
    });
  }

  button.addEventListener("click", () => (source ? stopLive() : begin()));
}

/** Whether somebody is at it: it has the focus, or its menu is open. */
function isInUse(node) {
  return node.contains(document.activeElement) || node.querySelector(":popover-open") !== null;
}

/** Brings what the page shows up to another reading of it. */
function refreshResult(next) {
  const rows = document.querySelector("#result tbody");
  const others = next.querySelector("#result tbody");
  if (rows && others) {
    refreshRows(rows, others);
    for (const id of ["total", "read-at", "pages"]) {
      const [present, other] = [document.getElementById(id), next.getElementById(id)];
      if (present.outerHTML !== other.outerHTML && !isInUse(present)) present.replaceWith(document.adoptNode(other));
    }
    prepareMenus();
  } else if (!isInUse(document.getElementById("result"))) {
    swapRegions(next);
  }
}

/** Rows have the order of creation, so those that stay keep their order. */
function refreshRows(table, next) {
  const gone = new Map([...table.rows].map((row) => [row.id, row]));
  let place = table.firstElementChild;
  for (const row of [...next.rows]) {
    const present = gone.get(row.id);
    if (present) {
      gone.delete(row.id);
      refreshCells(present, row);
      place = present.nextElementSibling;
    } else {
      row.classList.add("changed");
      table.insertBefore(document.adoptNode(row), place);
    }
  }
  for (const row of gone.values()) if (!isInUse(row)) row.remove();
}

/** What can be done with a workload follows from its status, so the last cell goes with the others. */
function refreshCells(row, next) {
  let hasChanged = false;
  for (const [index, cell] of [...next.cells].entries()) {
    const present = row.cells[index];
    const isLast = index === row.cells.length - 1;
    if (isInUse(present) || (isLast ? !hasChanged : present.outerHTML === cell.outerHTML)) continue;
    if (cell.dataset.label === "Status") hasChanged = true;
    present.replaceWith(document.adoptNode(cell));
  }
  row.classList.toggle("changed", hasChanged);
}
