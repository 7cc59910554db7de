/* Names for what the stock admin's pages leave without one, so that a screen reader can tell it:
   fields in tables, the two halves of a time, pickers, and header cells without words. */
"use strict";
{
  const words = (it) => (it ? it.textContent.trim().replace(/:$/, "") : "");

  const heading = (control) => {
    const cell = control.closest(".tabular td");
    const row = cell && cell.closest("table").tHead;
    return row ? words(row.rows[0].cells[cell.cellIndex]) : "";
  };

  const nameOf = (control) =>
    control.getAttribute("aria-label") || words(control.labels && control.labels[0]) || heading(control);

  const nameHalves = (time) => {
    const row = time.closest(".form-row");
    const whole = words(row && row.querySelector("legend, label"));
    time.querySelectorAll("input").forEach((input, number) => {
      input.setAttribute("aria-label", `${whole}: ${number ? "time" : "date"}`);
    });
  };

  const namePicker = (select) => {
    const shown = select.nextElementSibling;
    const box = shown && shown.querySelector("[role=combobox]");
    const value = shown && shown.querySelector(".select2-selection__rendered");
    if (!box || !value) return;
    box.id = box.id || `picker-${value.id}`;
    box.setAttribute("aria-label", nameOf(select));
    box.setAttribute("aria-labelledby", `${box.id} ${value.id}`);
    value.removeAttribute("role");
    value.removeAttribute("aria-readonly");
  };

  const nameAll = () => {
    document.querySelectorAll(".datetime").forEach(nameHalves);
    document.querySelectorAll(".tabular td :is(input, select, textarea):not([type=hidden])").forEach((it) => {
      if (nameOf(it)) it.setAttribute("aria-label", nameOf(it));
    });
    document.querySelectorAll("select.select2-hidden-accessible").forEach(namePicker);
    document.querySelectorAll(".tabular thead th:empty").forEach((it) => {
      const unseen = document.createElement("span");
      unseen.className = "visually-hidden";
      unseen.textContent = it.classList.contains("original") ? "Row" : "Remove";
      it.append(unseen);
    });
    document.querySelectorAll(".help-tooltip[aria-label]").forEach((it) => it.setAttribute("role", "img"));
  };

  // After what the stock scripts make when they are ready: jQuery keeps the order.
  window.addEventListener("load", () => {
    const { jQuery } = window.django || {};
    if (jQuery) jQuery(nameAll);
    else nameAll();
  });
  document.addEventListener("formset:added", () => setTimeout(nameAll));
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".select2-search__field")) event.target.setAttribute("aria-label", "Search");
  });
}
