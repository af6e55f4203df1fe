// The slider over the positions of the log: the same page as of another moment, while it is moved.

/** The address of the page that the form asks for; at its end it is now. */
function sliderAddress(form) {
  const parameters = new URLSearchParams(new FormData(form));
  const range = form.elements.asOf;
  if (range.value === range.max) parameters.delete("asOf");
  const query = parameters.toString();
  return form.getAttribute("action") + (query ? "?" + query : "");
}

function startSlider(form) {
  const range = form.elements.asOf;
  const text = form.querySelector("output");
  const live = document.getElementById("live");
  let wanted = null;
  let isLoading = false;
  let rest = 0;

  /** The past does not go on, so it has no live mode. */
  function alignLive() {
    live.hidden = range.value !== range.max;
    if (live.hidden) stopLive();
  }

  form.querySelector("button").hidden = true;
  alignLive();

  function show(page) {
    swapRegions(page);
    // While it is moved on, the slider says where it is, and not where the page was.
    if (wanted !== null) return;
    const other = page.getElementById("slider");
    text.replaceChildren(...other.querySelector("output").childNodes);
    range.setAttribute("aria-valuetext", other.elements.asOf.getAttribute("aria-valuetext"));
    // Now goes on, and the slider with it.
    if (range.value === range.max) range.value = range.max = other.elements.asOf.max;
  }

  /** Loads what is wanted, one page at a time: what was passed over meanwhile is never asked for. */
  async function load() {
    if (isLoading) return;
    isLoading = true;
    while (wanted !== null) {
      const address = wanted;
      wanted = null;
      try {
        const page = await fetchPage(address);
        if (page) show(page);
        else location.assign(address);
      } catch {
        text.textContent = "The server does not answer.";
      }
    }
    isLoading = false;
  }

  range.addEventListener("input", () => {
    alignLive();
    text.textContent = range.value === range.max ? "Now" : "Position " + grouped(Number(range.value));
    wanted = sliderAddress(form);
    load();
  });

  // A place in the history for where it came to rest, not for each step on the way.
  range.addEventListener("change", () => {
    clearTimeout(rest);
    rest = setTimeout(() => {
      const address = sliderAddress(form);
      if (address !== location.pathname + location.search) history.pushState(null, "", address);
    }, 300);
  });

  form.addEventListener("submit", (event) => event.preventDefault());

  addEventListener("popstate", async () => {
    const page = await fetchPage(location.href).catch(() => null);
    if (!page) return location.reload();
    const other = page.getElementById("slider").elements.asOf;
    [range.max, range.value] = [other.max, other.value];
    alignLive();
    show(page);
  });
}
