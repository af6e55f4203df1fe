// One page of this server in place of another without leaving it. Everything here only adds to pages that work without.

/**
 * The page at an address, parsed; null where the browser should go there itself: whoever asked was signed out, or
 * there is a problem to be read. Throws where the server does not answer.
 */
async function fetchPage(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, signal });
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Puts the regions of another page in place of those of this one, and its title. What lies between them stays. */
function swapRegions(next) {
  document.title = next.title;
  for (const region of document.querySelectorAll("[data-region]")) {
    const other = next.getElementById(region.id);
    if (other) region.replaceWith(document.adoptNode(other));
  }
  prepareMenus();
}

/** Whether a click is meant for a new tab or window. */
function isForElsewhere(event) {
  return event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

/** Grouped as on the server: 41,925. */
function grouped(number) {
  return number.toLocaleString("en-US");
}
