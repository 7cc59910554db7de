// Decisions on the article's page without a page load. Without this script each is a page load.
"use strict";

(() => {
  const form = document.getElementById("judge");
  const told = document.querySelector(".judged-now");
  if (!form || !told) return;
  const signs = { accepted: "✓", suggested: "?", rejected: "×" };

  const show = (judged, isDone) => {
    told.textContent = judged.words;
    told.classList.toggle("refused", !isDone);
    if (!judged.place) return;
    const at = document.getElementById(judged.place);
    const row = at && (at.closest("tr") || at);
    const badge = row && row.querySelector("[data-state], .badge");
    if (badge) {
      badge.className = `badge badge-${judged.state}`;
      badge.textContent = judged.state;
    }
    const key = judged.place.split("-")[1];
    if (judged.place.startsWith("mention-")) {
      for (const mark of document.querySelectorAll(`mark[data-mention="${key}"]`)) {
        mark.classList.remove("name-accepted", "name-suggested", "name-rejected");
        mark.classList.add(`name-${judged.state}`);
      }
      for (const sign of document.querySelectorAll(`[data-sign="${key}"]`)) {
        sign.textContent = signs[judged.state];
        const said = sign.nextElementSibling;
        if (said) said.textContent = said.textContent.replace(/, \w+\]$/, `, ${judged.state}]`);
      }
    }
    if (row) {
      for (const button of row.querySelectorAll("button[form=judge]")) {
        button.value = `${judged.place}-${judged.state}`;
        const verdict = button.name === "accept" ? "accepted" : "rejected";
        button.setAttribute("aria-pressed", String(verdict === judged.state));
      }
    }
  };

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const data = new FormData(form);
    data.append(button.name, button.value);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(data),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      show(await answer.json(), answer.ok);
    } catch {
      told.textContent = "The server did not answer: nothing is known of this decision. Reload the page.";
      told.classList.add("refused");
    }
  });
})();
