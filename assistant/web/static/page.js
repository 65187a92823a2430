(() => {
  const desk = () => document.getElementById("desk");
  const drawer = (shown) => desk()?.classList.toggle("sources-open", shown);
  const cardOf = (mark) => document.getElementById(mark.getAttribute("href").slice(1));
  const open = (card) => {
    document.querySelectorAll(".sources .group").forEach((group) => group.classList.toggle("shown", group.contains(card)));
    document.querySelector(".sources").classList.add("chosen");
    drawer(true);
    document.querySelectorAll(".card.flash").forEach((other) => other.classList.remove("flash"));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    card.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    card.classList.add("flash");
    card.focus({ preventScroll: true });
  };
  const page = (card) => card.querySelector("[data-open]")?.click();
  window.cards = { open, page };
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.('a[href^="#cite-"]');
    if (mark) {
      event.preventDefault();
      event.stopPropagation();
      const card = cardOf(mark);
      if (card?.classList.contains("flash")) page(card);
      else if (card) open(card);
    } else if (event.target.closest?.("#theme")) {
      document.body.classList.toggle("dark");
    } else if (event.target.closest?.("#more")) {
      const shown = document.getElementById("top").classList.toggle("settings-open");
      document.getElementById("more").setAttribute("aria-expanded", String(shown));
    } else if (event.target.closest?.("#open-sources")) {
      drawer(true);
    } else if (event.target.closest?.("#close-sources") || !event.target.closest?.("#sources, dialog")) {
      drawer(false);
    }
  }, true);
  document.addEventListener("mouseover", (event) => {
    const mark = event.target.closest?.('a[href^="#cite-"]');
    if (mark && !mark.title) mark.title = cardOf(mark)?.querySelector("mark")?.textContent ?? "";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) drawer(false);
  });
})();
