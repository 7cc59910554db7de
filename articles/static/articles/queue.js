/* The review queue without a page load per decision, and by keyboard.

   Every key presses a button or moves the focus; the forms work without this script. A decision
   that did not reach the archive is told, and what it was on stays where it is. */
"use strict";

(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const groups = document.getElementById("queue-groups");
  const said = document.getElementById("queue-said");
  const decided = document.getElementById("queue-decided");
  const help = document.getElementById("queue-help");
  const emptyNote = document.getElementById("queue-empty");
  const taken = new Map(); // by run: where the group stood, to bring it back

  // ── rows: groups and the examples in them ────────────────────────────────────────────────

  const rows = () => [...groups.querySelectorAll("[data-group], [data-item]")];
  const heads = () => [...groups.querySelectorAll("[data-group]")];
  const rowOf = (node) => node?.closest?.("[data-item]") || node?.closest?.("[data-group]") || null;
  let current = null; // the row that was focused last

  const here = () => {
    const row = rowOf(document.activeElement);
    if (row && groups.contains(row)) return row;
    return current && current.isConnected ? current : null;
  };

  const go = (row) => {
    if (!row) return;
    current = row;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  groups.addEventListener("focusin", (event) => {
    current = rowOf(event.target) || current;
    for (const row of groups.querySelectorAll(".current")) row.classList.remove("current");
    current?.classList.add("current");
  });

  const step = (list, by) => {
    const row = here();
    const at = row ? list.indexOf(list.includes(row) ? row : row.closest("[data-group]")) : -1;
    if (at < 0) return go(list[0]);
    go(list[Math.min(Math.max(at + by, 0), list.length - 1)]);
  };

  // ── telling ──────────────────────────────────────────────────────────────────────────────

  const tell = (words, isBad = false) => {
    said.classList.toggle("bad", isBad);
    said.textContent = "";
    // A region that is filled anew is read out, also when it says the same again.
    requestAnimationFrame(() => { said.textContent = words; });
  };

  const show = (answer) => {
    decided.innerHTML = answer.decided;
    tell([answer.message, answer.warning].filter(Boolean).join(" "), Boolean(answer.warning) && !answer.run);
    for (const [name, words] of Object.entries(answer.counts || {})) {
      const count = queue.querySelector(`[data-count="${name}"]`);
      if (count) {
        count.textContent = words;
        count.classList.toggle("none", words === "0");
      }
    }
    emptyNote.hidden = heads().length > 0;
  };

  class Lost extends Error {}

  const ask = async (address, options = {}) => {
    let response;
    try {
      response = await fetch(address, {
        credentials: "same-origin", ...options,
        headers: { Accept: "application/json", ...(options.headers || {}) },
      });
    } catch {
      throw new Lost("The archive could not be reached. Nothing was decided here: try again.");
    }
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (response.redirected || response.status === 401) {
      throw new Lost("You are logged out. Nothing was decided: log in in another tab, then try again.");
    }
    if (response.status === 403) {
      throw new Lost("This was refused. Nothing was decided: you may have logged in anew, so open the page again.");
    }
    if (!response.ok || !isJson) {
      throw new Lost("The archive failed to answer. What was decided is not sure: open the page again.");
    }
    return response.json();
  };

  let isLost = false; // whether the last decision did not arrive

  const renew = async () => {
    let response;
    try {
      response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    } catch {
      throw new Lost("The archive could not be reached. Nothing was decided here: try again.");
    }
    if (response.redirected) {
      throw new Lost("You are logged out. Nothing was decided: log in in another tab, then try again.");
    }
    const token = (await response.text()).match(/name="csrfmiddlewaretoken" value="([^"]+)"/)?.[1];
    if (!token) return;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  };

  const post = async (form, data, button) => {
    if (form.dataset.busy) return null;
    form.dataset.busy = "yes";
    form.setAttribute("aria-busy", "true");
    button?.classList.add("busy");
    try {
      // Who has logged in anew in another tab has another token than the page was made with.
      if (isLost) await renew();
      if (isLost) data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const answer = await ask(form.action, { method: "POST", body: data });
      isLost = false;
      return answer;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      isLost = true;
      tell(error.message, true);
      return null;
    } finally {
      delete form.dataset.busy;
      form.removeAttribute("aria-busy");
      button?.classList.remove("busy");
    }
  };

  // ── deciding ─────────────────────────────────────────────────────────────────────────────

  const fresh = (html) => {
    const box = document.createElement("template");
    box.innerHTML = html.trim();
    return box.content.firstElementChild;
  };

  const decide = async (group, form, button, item = null) => {
    const data = new FormData(form, button);
    if (item && button.name === "verb") { // one example, by key: as if it alone were ticked
      data.delete("item");
      data.append("item", item.dataset.item);
    }
    const answer = await post(form, data, button);
    if (!answer) return;
    const list = heads();
    const at = list.indexOf(group);
    const place = item ? [...group.querySelectorAll("[data-item]")].indexOf(item) : -1;
    if (answer.run) taken.set(answer.run, { address: group.dataset.address, next: list[at + 1] || null });
    if (!answer.run && answer.html && answer.message.startsWith("Nothing was changed")) {
      show(answer); // it was refused: what was written stays
      return;
    }
    if (answer.html) {
      const now = fresh(answer.html);
      group.replaceWith(now);
      const left = [...now.querySelectorAll("[data-item]")];
      go(place >= 0 && left.length ? left[Math.min(place, left.length - 1)] : now);
    } else {
      group.remove();
      go(list[at + 1] || list[at - 1] || null);
    }
    show(answer);
    if (!heads().length) said.scrollIntoView({ block: "nearest" });
  };

  const undo = async (form, button) => {
    const data = new FormData(form);
    const run = data.get("run");
    const answer = await post(form, data, button);
    if (!answer) return;
    show(answer);
    const was = taken.get(run);
    taken.delete(run);
    if (!was || !answer.run) return;
    taken.set(answer.run, was);
    try {
      const { html } = await ask(was.address);
      const old = heads().find((it) => it.dataset.address === was.address);
      const back = html ? fresh(html) : null;
      if (old && back) old.replaceWith(back);
      else if (old) old.remove();
      else if (back) groups.insertBefore(back, was.next?.isConnected ? was.next : null);
      emptyNote.hidden = heads().length > 0;
      go(back);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      tell(`${answer.message} Open the page again to see it.`);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.matches("[data-undo]")) {
      event.preventDefault();
      undo(form, button);
    } else if (form.closest("[data-group]") && button) {
      event.preventDefault();
      decide(form.closest("[data-group]"), form, button);
    }
  });

  // Enter in a field presses the button beside it, and not the first of the form.
  groups.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox]), select")) return;
    const button = event.target.closest("[data-way], fieldset, .queue-field")?.querySelector("button");
    event.preventDefault();
    button?.click();
  });

  // ── ticks ────────────────────────────────────────────────────────────────────────────────

  groups.addEventListener("change", (event) => {
    const group = event.target.closest("[data-group]");
    if (!group || event.target.name !== "item") return;
    const number = group.querySelectorAll("input[name=item]:checked").length;
    for (const button of group.querySelectorAll("header [data-label]")) {
      button.dataset.whole ??= button.textContent;
      button.textContent = number ? `${button.dataset.label} ${number} ticked` : button.dataset.whole;
    }
  });

  // ── names of entities, as they are typed ─────────────────────────────────────────────────

  const names = document.getElementById("queue-names");
  let waiting = 0;
  groups.addEventListener("input", (event) => {
    if (!event.target.matches("[data-names]")) return;
    const words = event.target.value.trim();
    clearTimeout(waiting);
    if (words.length < 2 || event.inputType === "insertReplacementText") return;
    waiting = setTimeout(async () => {
      try {
        const { results } = await ask(`${queue.dataset.names}&term=${encodeURIComponent(words)}`);
        names.replaceChildren(...results.map((it) => new Option(it.text, it.slug)));
      } catch (error) {
        if (!(error instanceof Lost)) throw error; // without proposals a name can be written still
      }
    }, 200);
  });

  // ── keys ─────────────────────────────────────────────────────────────────────────────────

  // Nothing is settled that nobody has chosen: the first key only goes to the first group.
  const chosen = () => {
    const row = here();
    if (!row && heads().length) {
      go(heads()[0]);
      tell("This group is chosen now: press the key again to settle it.");
    }
    return row;
  };

  const press = (verb) => {
    const row = chosen();
    if (!row) return heads().length > 0;
    const group = row.closest("[data-group]");
    const button = group?.querySelector(`header [data-verb="${verb}"]`);
    if (!button) return false;
    // Of an example where that can be said of one, else of the group.
    const item = row.matches("[data-item]") && row.querySelector(`[data-one="${verb}"]`) ? row : null;
    const ticked = group.querySelector("input[name=item]:checked");
    decide(group, button.form, button, verb === "never" || ticked ? null : item);
    return true;
  };

  const open = (way) => {
    const row = here() || heads()[0];
    const group = row?.closest("[data-group]");
    const part = group?.querySelector(`[data-way="${way}"]`);
    if (!part) return false;
    const more = part.closest("[data-more]");
    if (more) more.open = true;
    const box = row.matches("[data-item]") ? row.querySelector("input[name=item]") : null;
    if (box && !box.checked) box.click();
    const first = part.querySelector("input, select");
    first.focus();
    if (first.select && first.type === "text") first.select();
    part.scrollIntoView({ block: "nearest" });
    return true;
  };

  const write = () => {
    const field = (here() || heads()[0])?.querySelector("[data-field]");
    field?.focus();
    return Boolean(field);
  };

  const tick = () => {
    const box = here()?.closest("[data-item]")?.querySelector("input[name=item]");
    box?.click();
    return Boolean(box);
  };

  const openGroup = () => {
    const link = here()?.closest("[data-group]")?.querySelector("[data-open]");
    link?.click();
    return Boolean(link);
  };

  const undoLast = () => {
    const form = decided.querySelector('[data-undo=""]'); // and not what would be done again
    if (form) form.requestSubmit(form.querySelector("button"));
    else tell("There is nothing to undo.");
    return true;
  };

  const ask4help = () => {
    if (!help) return false;
    help.showModal();
    return true;
  };

  const keys = {
    j: () => (step(rows(), 1), true), ArrowDown: () => (step(rows(), 1), true),
    k: () => (step(rows(), -1), true), ArrowUp: () => (step(rows(), -1), true),
    J: () => (step(heads(), 1), true), K: () => (step(heads(), -1), true),
    a: () => press("accept"), r: () => press("reject"), n: () => press("never"),
    l: () => open("relink"), c: () => open("create"), e: write, x: tick, o: openGroup,
    u: undoLast, "?": ask4help,
  };

  const walking = new Set(["j", "k", "J", "K", "ArrowDown", "ArrowUp"]);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || help?.open) return;
    const target = event.target;
    if (event.key === "Escape") {
      const more = target.closest?.("[data-more]");
      if (more) more.open = false;
      if (target.matches?.("input, select") || more) go(here());
      return;
    }
    if (target.matches?.("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    if (target.closest?.("#nav-sidebar")) return;
    if (event.repeat && !walking.has(event.key)) return event.preventDefault(); // a key held down
    if (keys[event.key]?.()) event.preventDefault();
  });

  const keysButton = queue.querySelector("[data-keys]");
  if (keysButton) {
    keysButton.hidden = false;
    keysButton.addEventListener("click", ask4help);
  }
})();
