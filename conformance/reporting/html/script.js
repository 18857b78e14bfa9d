"use strict";
const say = document.body.dataset;  // the words of this script, in the language of the page
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
  form.elements.shown.value = say.sayShown.replace(/[01]/g, (gap) => [shown, rows.length][gap]);
};

form.hidden = false;
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input, textarea")) return;
  event.preventDefault();
  form.elements.text.focus();
});
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();

for (const line of document.querySelectorAll(".copied")) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: say.sayCopy });
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(line);  // so that it can be copied by hand where a page may not
    await navigator.clipboard?.writeText(line.textContent).then(() => { button.textContent = say.sayCopied; }, () => {});
  });
  line.before(button);
}

for (const buttons of document.querySelectorAll(".all")) {
  buttons.hidden = false;
  buttons.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    for (const each of buttons.parentElement.querySelectorAll("details")) each.open = "open" in target.dataset;
  });
}

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
