// Work that takes longer than a request: its progress is asked for until it ends. window.jobs.begin(place, address, body) starts one.
(() => {
  const told = async (reply) => {
    const text = await reply.text();
    if (reply.ok) return text;
    let why = "The server could not do this.";
    try { why = (({ detail, error }) => detail ?? error ?? why)(JSON.parse(text)); } catch { /* no JSON: said in general */ }
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.innerHTML = '<span class="sign s-error">✕</span> ';
    line.append(typeof why === "string" ? why : "The server could not read this.");
    return line.outerHTML;
  };
  const sent = async (address, body, method = "POST") => {
    try {
      return await told(await fetch(address, { method, body }));
    } catch {
      return '<p role="alert"><span class="sign s-error">✕</span> The server does not answer. Try again.</p>';
    }
  };
  const follow = async (place) => {
    const job = place.querySelector("[data-job]");
    if (!job) return;
    if (job.dataset.state !== "running") {
      place.dispatchEvent(new CustomEvent("ended", { bubbles: true, detail: job.dataset }));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (!place.isConnected || place.querySelector("[data-job]") !== job) return;
    try {
      const reply = await fetch(`view/job/${job.dataset.job}`);
      place.innerHTML = await told(reply);
    } catch { /* the server is away for a moment: asked again */ }
    follow(place);
  };
  const begin = async (place, address, body) => {
    place.innerHTML = '<p class="meta">Sending …</p>';
    place.innerHTML = await sent(address, body);
    follow(place);
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-stop]");
    if (!button) return;
    button.disabled = true;
    await sent(button.dataset.stop);
  });
  window.jobs = { begin, sent, told };
})();
