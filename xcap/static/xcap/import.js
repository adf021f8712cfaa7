// An import shows how far it is; without this the page works all the same, and answers at the end.
"use strict";

for (const form of document.querySelectorAll("[data-import]")) {
  const outcomes = document.querySelector("[data-outcomes]");
  const progress = form.querySelector("progress");
  const status = form.querySelector("[data-status]");
  const buttons = form.querySelectorAll("button");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(event.submitter).catch(() => {
      status.textContent = "The server did not answer to the end. Look with a dry run what is left to do.";
    }).finally(() => working(false));
  });

  function working(yes) {
    progress.hidden = !yes;
    progress.removeAttribute("value");
    for (const button of buttons) button.disabled = yes;
  }

  async function run(submitter) {
    const body = new FormData(form);
    if (submitter) body.set(submitter.name, submitter.value);
    status.textContent = "";
    working(true);
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/x-ndjson" } });
    if (!response.ok) throw new Error(response.statusText);
    let rest = "", ended = false;
    for await (const text of pieces(response)) {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) ended = take(JSON.parse(line)) || ended;
    }
    if (!ended) throw new Error("cut off");
  }

  async function* pieces(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  }

  function take(news) {
    if ("html" in news) {
      outcomes.innerHTML = news.html;
      outcomes.scrollIntoView({ block: "nearest" });
      return true;
    }
    progress.max = news.of;
    progress.value = news.done;
    status.textContent = `${news.done} of ${news.of} lists`;
    return false;
  }
}
