// Rows of a list: moved by drag, buttons or Alt and an arrow; added and removed. The server checks and saves.
"use strict";

for (const form of document.querySelectorAll("[data-list-editor]")) {
  const rows = form.querySelector("[data-rows]");
  const blank = form.querySelector("template");
  const status = form.querySelector("[data-status]");
  let dragged = null;

  const place = (row) => [...rows.children].indexOf(row) + 1;
  const say = (text) => { status.textContent = text; };
  const nameOf = (row) => row.querySelector("[name=uri]").value || "The new row";

  function add(after) {
    const row = blank.content.firstElementChild.cloneNode(true);
    after ? after.after(row) : rows.append(row);
    row.querySelector("[name=uri]").focus();
  }

  function move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    const focused = document.activeElement;
    step < 0 ? other.before(row) : other.after(row);
    focused.focus();
    say(`${nameOf(row)} is now number ${place(row)} of ${rows.children.length}.`);
  }

  function remove(row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    say(`${nameOf(row)} is removed.`);
    row.remove();
    next ? next.querySelector("[data-remove]").focus() : form.querySelector("[data-add]").focus();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const row = event.target.closest(".lists-row");
    if (!button) return;
    if ("add" in button.dataset) add(null);
    else if (row && button.dataset.move) move(row, Number(button.dataset.move));
    else if (row && "remove" in button.dataset) remove(row);
  });

  form.addEventListener("keydown", (event) => {
    const row = event.target.closest(".lists-row");
    if (!row) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      add(row);
    }
  });

  form.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-handle]")) event.target.closest(".lists-row").draggable = true;
  });
  form.addEventListener("dragstart", (event) => {
    dragged = event.target;
    dragged.classList.add("lists-dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  form.addEventListener("dragover", (event) => {
    const over = event.target.closest(".lists-row");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    event.clientY < box.top + box.height / 2 ? over.before(dragged) : over.after(dragged);
  });
  form.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.draggable = false;
    dragged.classList.remove("lists-dragged");
    say(`${nameOf(dragged)} is now number ${place(dragged)} of ${rows.children.length}.`);
    dragged = null;
  });
}
