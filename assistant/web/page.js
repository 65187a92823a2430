() => {
  const open = (mark) => {
    const card = document.getElementById(mark.getAttribute("href").slice(1));
    if (!card) return;
    document.querySelectorAll(".sources .group").forEach((group) => group.classList.toggle("shown", group.contains(card)));
    document.querySelector(".sources").classList.add("chosen");
    document.body.classList.add("sources-open");
    document.querySelectorAll(".card.flash").forEach((other) => other.classList.remove("flash"));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    card.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
    card.classList.add("flash");
    card.focus({ preventScroll: true });
  };
  const quote = (mark) => document.getElementById(mark.getAttribute("href").slice(1))?.querySelector("mark")?.textContent ?? "";
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.('a[href^="#cite-"]');
    if (mark) {
      event.preventDefault();
      event.stopPropagation();
      open(mark);
    } else if (event.target.closest?.("#theme")) {
      document.body.classList.toggle("dark");
    } else if (!event.target.closest?.("#sources")) {
      document.body.classList.remove("sources-open");
    }
  }, true);
  document.addEventListener("mouseover", (event) => {
    const mark = event.target.closest?.('a[href^="#cite-"]');
    if (mark && !mark.title) mark.title = quote(mark);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.body.classList.remove("sources-open");
  });
}
