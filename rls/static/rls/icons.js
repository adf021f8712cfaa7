// An icon is a word in the icon font, which screen readers would read before the label that stands beside it.
document.addEventListener("DOMContentLoaded", () => {
  for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
    const named = icon.closest("a, button, h2, summary");
    if (named && named.textContent.trim() !== icon.textContent.trim()) icon.ariaHidden = "true";
  }
});
