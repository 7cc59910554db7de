// What is being written is kept in this browser until it is saved, and offered again if it was not.
"use strict";

(() => {
  const PREFIX = "newsroom-draft:";
  const SENT = "newsroom-sent";
  const AGE = 7 * 24 * 3600 * 1000;
  let store;
  try {
    store = window.localStorage;
    store.getItem(PREFIX);
  } catch {
    return; // a browser that keeps nothing
  }

  const keys = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  };
  for (const key of keys()) {
    const draft = read(key);
    if (!draft || Date.now() - draft.at > AGE) store.removeItem(key);
  }

  const mark = document.querySelector("form input[data-draft]");
  // A button brought the form back: the names of what stands in it and is not saved.
  const unsaved = mark && "unsaved" in mark.dataset ? mark.dataset.unsaved.split(" ") : null;

  // saved: the page that follows says so
  const sent = sessionStorage.getItem(SENT);
  if (sent && !unsaved && document.querySelector(".messagelist .success")) {
    store.removeItem(sent);
    sessionStorage.removeItem(SENT);
  }
  const logout = document.getElementById("logout-form");
  if (logout) logout.addEventListener("submit", () => keys().forEach((key) => store.removeItem(key)));

  if (!mark) return;
  const form = mark.form;
  const key = `${PREFIX}${mark.dataset.draft}:${location.pathname}`;
  const seen = form.elements.namedItem("seen")?.value || "";
  const writable = () =>
    [...form.elements].filter(
      (it) =>
        it.name &&
        it.matches("textarea, select:not(.admin-autocomplete), input") &&
        !["hidden", "password", "submit", "button", "file", "radio"].includes(it.type) &&
        !it.readOnly &&
        !it.name.endsWith("-decision"),
    );
  const valueOf = (it) => (it.type === "checkbox" ? it.checked : it.value);
  const isUnsaved = (name) => Boolean(unsaved?.some((it) => name === it || name.startsWith(`${it}_`)));
  const initial = new Map(writable().map((it) => [it.name, isUnsaved(it.name) ? null : valueOf(it)]));
  const changed = () =>
    Object.fromEntries(
      writable()
        .filter((it) => valueOf(it) !== initial.get(it.name) && (initial.has(it.name) || valueOf(it)))
        .map((it) => [it.name, valueOf(it)]),
    );
  const keep = () => {
    const values = changed();
    if (!Object.keys(values).length && !refused) {
      store.removeItem(key);
      return;
    }
    try {
      store.setItem(key, JSON.stringify({ at: Date.now(), seen, values: { ...before, ...values } }));
    } catch {
      // full: the text still stands in the form
    }
  };

  // a form that came back with errors holds what was written already
  const refused = Boolean(document.querySelector(".errornote"));
  const found = read(key);
  const before = refused && found ? found.values : {};
  if (unsaved) keep();
  const differs = (values) =>
    writable().some((it) => it.name in values && values[it.name] !== valueOf(it));

  if (found && !refused && !unsaved && differs(found.values)) offer(found);
  else if (found && !refused && !unsaved) store.removeItem(key);

  function offer(draft) {
    const box = document.createElement("div");
    box.className = "draft-offer";
    box.setAttribute("role", "status");
    const words = document.createElement("p");
    const when = new Date(draft.at).toLocaleString();
    words.textContent =
      draft.seen && draft.seen !== seen
        ? `You wrote here on ${when} and did not save. The page has been changed since.`
        : `You wrote here on ${when} and did not save.`;
    const button = (label, act) => {
      const it = document.createElement("button");
      it.type = "button";
      it.className = "small-button";
      it.textContent = label;
      it.addEventListener("click", () => {
        act();
        box.remove();
      });
      return it;
    };
    box.append(
      words,
      button("Restore it", () => {
        for (const it of writable()) {
          if (!(it.name in draft.values)) continue;
          if (it.type === "checkbox") it.checked = draft.values[it.name];
          else it.value = draft.values[it.name];
          it.dispatchEvent(new Event("change", { bubbles: true }));
        }
        keep();
      }),
      button("Throw it away", () => store.removeItem(key)),
    );
    form.before(box);
  }

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 500);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    keep();
    const saves = !event.submitter || event.submitter.name.startsWith("_");
    if (saves) sessionStorage.setItem(SENT, key);
    else sessionStorage.removeItem(SENT);
  });
})();
