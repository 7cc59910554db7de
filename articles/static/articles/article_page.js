// Verdicts on the article's page without a page load. Without this script each is a page load
// that gives back what is being written.
"use strict";

(() => {
  const judging = document.getElementById("judge");
  const form = document.getElementById("article_form");
  const told = document.querySelector(".judged-now");
  if (!judging || !form || !told) return;
  const signs = { accepted: "✓", suggested: "?", rejected: "×" };

  const mark = (key, state) => {
    for (const it of document.querySelectorAll(`mark[data-mention="${key}"]`)) {
      it.classList.remove("name-accepted", "name-suggested", "name-rejected");
      it.classList.add(`name-${state}`);
    }
    for (const sign of document.querySelectorAll(`[data-sign="${key}"]`)) {
      sign.textContent = signs[state] || "";
      const said = sign.nextElementSibling;
      if (said) said.textContent = said.textContent.replace(/, \w+\]$/, `, ${state}]`);
    }
  };

  // The entity or the tag as the server shows it now; what was unfolded stays so.
  const replace = (judged, button) => {
    const at = document.getElementById(judged.entity ? `entity-${judged.entity}` : judged.place);
    const row = at && at.closest(".link-row");
    if (!row) return row;
    if (!judged.html) {
      const near = row.nextElementSibling || row.previousElementSibling || row.closest("section");
      row.remove();
      (near.querySelector("button, a") || told).focus();
      return row;
    }
    const wasOpen = Boolean(row.querySelector("details")?.open);
    const place = button.getAttribute("formaction").slice(1);
    const box = document.createElement("template");
    box.innerHTML = judged.html;
    const fresh = box.content.querySelector(".link-row");
    row.replaceWith(fresh);
    const details = fresh.querySelector("details");
    if (details) details.open = wasOpen;
    const here = document.getElementById(place) || fresh;
    (here.querySelector(".judge-buttons button") || fresh.querySelector("button, a"))?.focus();
    return fresh;
  };

  // A pair or a storyline beside the text.
  const restate = (judged) => {
    const row = document.getElementById(judged.place);
    const badge = row && row.querySelector("[data-state]");
    if (badge) {
      badge.className = `badge badge-${judged.state}`;
      badge.textContent = judged.state;
    }
    for (const button of row ? row.querySelectorAll("button[name=accept], button[name=reject]") : []) {
      button.value = `${judged.place}-${judged.state}`;
      const verdict = button.name === "accept" ? "accepted" : "rejected";
      button.setAttribute("aria-pressed", String(verdict === judged.state));
    }
  };

  const show = (judged, isDone, button) => {
    told.textContent = judged.words;
    told.classList.toggle("refused", !isDone);
    if (!judged.place) return;
    for (const key of judged.mentions) mark(key, judged.state);
    if (!replace(judged, button)) restate(judged);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[form=article_form]:is([name=accept], [name=reject], [name=remove])");
    // An entity alone has more places than one answer holds: there the form is sent.
    if (!button || button.closest("[data-alone]")) return;
    event.preventDefault();
    const data = new FormData(judging);
    data.append(button.name, button.value);
    try {
      const answer = await fetch(judging.action, {
        method: "POST",
        body: new URLSearchParams(data),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      if (!isJson) return form.requestSubmit(button); // logged out: the form is kept until the login
      show(await answer.json(), answer.ok, button);
    } catch {
      told.textContent = "The archive could not be reached: nothing is known of this decision. What you wrote stands here still; press again.";
      told.classList.add("refused");
    }
  });

  // ── what is written goes along ───────────────────────────────────────────────────────────

  const valueOf = (it) => (it.type === "checkbox" || it.type === "radio" ? it.checked : it.value);
  const ownValue = (it) => {
    if (it.type === "checkbox" || it.type === "radio") return it.defaultChecked;
    if (!it.options) return it.defaultValue;
    return ([...it.options].find((option) => option.defaultSelected) || it.options[0])?.value;
  };
  const isWritten = () =>
    Boolean(form.querySelector("[data-unsaved]")) ||
    [...form.elements].some(
      (it) => it.name && it.matches("textarea, select, input:not([type=hidden])") && (valueOf(it) ?? "") !== (ownValue(it) ?? ""),
    );

  // Another part of the text or another page of names: asked for with the form where there is
  // something to lose, and as a link where there is not.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".article-columns a[href^='?']");
    const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || !isWritten()) return;
    event.preventDefault();
    const turn = Object.assign(document.createElement("button"), {
      type: "submit", name: "turn", value: "1", formAction: link.href, formNoValidate: true, hidden: true,
    });
    form.append(turn);
    form.requestSubmit(turn);
  });

  // A field whose button stands beside it.
  document.addEventListener("keydown", (event) => {
    const name = event.key === "Enter" && !event.isComposing && event.target.dataset?.presses;
    if (!name) return;
    event.preventDefault();
    form.elements.namedItem(name)?.click();
  });
})();
