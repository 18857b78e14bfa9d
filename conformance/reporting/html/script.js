"use strict";
const form = document.getElementById("filter");
const rows = [...document.querySelectorAll("tr[data-verdict]")];

const show = () => {
  const given = new FormData(form);
  const words = given.get("text").toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !(given.getAll("verdict").includes(row.dataset.verdict)
      && given.getAll("level").includes(row.dataset.level)
      && words.every((word) => text.includes(word)));
    shown += !row.hidden;
  }
  for (const body of document.querySelectorAll("#catalogue tbody")) {
    body.hidden = ![...body.querySelectorAll("tr[data-verdict]")].some((row) => !row.hidden);
  }
  form.elements.shown.value = `${shown} of ${rows.length}`;
};

form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();

// What is linked to is opened: a finding inside a closed one would not be seen.
const open = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let each = target; each; each = each.parentElement) {
    if (each instanceof HTMLDetailsElement) each.open = true;
  }
  if (target) target.scrollIntoView();
};
addEventListener("hashchange", open);
open();
