// Goes on with a plan or a load by itself, unless the reader chooses first.
"use strict";

{
  const form = document.getElementById("go-on");
  if (form) {
    const timer = setTimeout(() => form.requestSubmit(form.querySelector("[value=go-on]")), 700);
    form.addEventListener("submit", () => clearTimeout(timer));
  }
}
