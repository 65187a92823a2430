// Views are pieces of the page that the server writes: a [data-view] place is filled when it is first seen, links inside it with
// data-to fill it again, and links anywhere with data-open show their view in the dialog.
(() => {
  const fill = async (place, address) => {
    const turn = (place.turn = (place.turn ?? 0) + 1);
    let text;
    try {
      const reply = await fetch(address, { headers: { Accept: "text/html" } });
      text = reply.status === 401 ? '<p class="meta" role="alert">Your session has ended: <a href="login">log in again</a>.</p>' : await reply.text();
    } catch {
      text = '<p class="meta" role="alert">The server does not answer. It is asked again when you try again.</p>';
    }
    if (turn !== place.turn) return; // a later one is on its way
    place.innerHTML = text;
    place.dataset.shown = address;
    place.dispatchEvent(new CustomEvent("view", { bubbles: true }));
  };
  const dialog = () => document.getElementById("viewer");
  const show = (address) => {
    fill(dialog().querySelector(".view"), address);
    if (!dialog().open) dialog().showModal();
  };
  window.views = { fill, show };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-to], [data-open]");
    if (!link) return;
    event.preventDefault();
    if (link.dataset.open) show(link.dataset.open);
    else fill(link.closest(".view"), link.dataset.to);
  });
  document.addEventListener("click", (event) => {
    if (event.target === dialog() || event.target.closest?.("#close-viewer")) dialog().close();
  });
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting && !target.dataset.shown) fill(target, target.dataset.view);
  });
  const watch = () => document.querySelectorAll("[data-view]:not([data-watched])").forEach((place) => {
    place.dataset.watched = "yes";
    seen.observe(place);
  });
  new MutationObserver(watch).observe(document, { childList: true, subtree: true });
})();
