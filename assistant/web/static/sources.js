// Sources: a second turn to a mark opens its page, [ and ] turn the pages, copy takes the quote along with its place.
(() => {
  const viewer = () => document.querySelector("#viewer[open]");
  const typing = (element) => element?.closest?.("input, textarea, select, [contenteditable]");
  const turn = (key) => viewer().querySelector(`[data-key="${key}"]:not(:disabled)`)?.click();
  const step = (by) => {
    const cards = [...document.querySelectorAll(".sources .card")].filter((card) => card.checkVisibility());
    const at = cards.findIndex((card) => card.classList.contains("flash") || card === document.activeElement);
    const card = cards[at < 0 ? 0 : at + by];
    if (card) window.cards.open(card);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "[" || event.key === "]") {
      event.preventDefault();
      if (viewer()) turn(event.key);
      else step(event.key === "]" ? 1 : -1);
    } else if (event.key === "Enter" && event.target.matches?.(".card")) {
      event.preventDefault();
      window.cards.page(event.target);
    }
  });
  document.addEventListener("view", (event) => {
    if (!event.target.closest("#viewer")) return;
    event.target.querySelector("h2")?.focus({ preventScroll: true });
    viewer()?.scrollTo(0, 0);
    event.target.querySelector(".box, tr.own, .document:not(details) .own")?.scrollIntoView({ block: "center", inline: "start" });
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "copied";
    } catch {
      button.textContent = "cannot copy here";
    }
    setTimeout(() => (button.textContent = "copy"), 2000);
  });
})();
