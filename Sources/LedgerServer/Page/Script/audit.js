// The audit view: fetches the proof and shows each step of its check as it passes or fails. After a step that fails
// nothing further is checked, for it would prove nothing.

function startAudit(form) {
  const list = document.getElementById("audit-steps");
  const verdict = document.getElementById("audit-verdict");
  const key = form.elements.key;

  function show(name, result, detail) {
    const item = document.createElement("li");
    item.className = result === "Holds" ? "good" : result === "Fails" ? "bad" : "wait";
    const mark = document.createElement("strong");
    mark.textContent = result;
    const text = document.createElement("span");
    text.textContent = name;
    item.append(mark, text);
    if (Array.isArray(detail)) {
      const parts = document.createElement("ul");
      parts.append(...detail.map((line) => {
        const part = document.createElement("li");
        part.textContent = line;
        return part;
      }));
      item.append(parts);
    } else {
      const more = document.createElement("p");
      more.textContent = detail;
      item.append(more);
    }
    list.append(item);
  }

  async function check() {
    list.replaceChildren();
    form.querySelector("button").disabled = true;
    verdict.textContent = "Checking…";
    let isSkipped = false;
    let step = "The proof is there";
    try {
      const answer = await fetch(form.dataset.proof, { headers: { Accept: "application/json" } });
      const bundle = await answer.json();
      if (!answer.ok) throw new Error(bundle.detail);
      for (const [name, run] of bundleSteps(bundle, form.dataset.workload, key.value || form.dataset.key)) {
        step = name;
        const found = await run();
        isSkipped ||= found.skipped !== undefined;
        show(name, found.skipped ? "Not checked" : "Holds", found.skipped ?? found);
      }
      const whose = key.value ? "the key that you pasted" : "this server's own key";
      verdict.textContent = isSkipped ? "All but the signature holds." : "The evidence holds, by " + whose + ".";
      verdict.className = isSkipped ? "verdict wait" : "verdict good";
    } catch (error) {
      show(step, "Fails", error.message);
      verdict.textContent = "The evidence does not hold.";
      verdict.className = "verdict bad";
    }
    form.querySelector("button").disabled = false;
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
}
