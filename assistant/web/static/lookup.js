// The Lookup tab: results as one types (a combobox), a code under its own address (#/code/SYSTEM/CODE), codes side by side.
(() => {
  const at = (id) => document.getElementById(id);
  const MOST = 4; // codes compared
  let chosen = []; // codes to compare, as SYSTEM/CODE
  let asked = "";

  const query = () => new URLSearchParams({ q: at("lookup-q").value, on: at("lookup-on").value, system: at("lookup-system").value });
  const options = () => [...document.querySelectorAll("#lookup-list [role=option]")];
  const current = () => document.querySelector("#lookup-list [aria-selected=true]");
  const search = () => {
    const address = `view/lookup/results?${query()}`;
    if (address === asked) return;
    asked = address;
    at("lookup-found").hidden = false;
    views.fill(at("lookup-found"), address);
  };
  const select = (option) => {
    current()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) at("lookup-q").setAttribute("aria-activedescendant", option.id);
    else at("lookup-q").removeAttribute("aria-activedescendant");
  };
  const keys = (event) => {
    const all = options(), now = all.indexOf(current());
    if (event.key === "ArrowDown") select(all[Math.min(now + 1, all.length - 1)]);
    else if (event.key === "ArrowUp") select(all[Math.max(now - 1, 0)]);
    else if (event.key === "Enter") (current() ?? all[0])?.click();
    else if (event.key === "Escape") select(null);
    else return;
    event.preventDefault();
  };

  const on = () => at("lookup-on").value;
  const opened = (address) => {
    views.fill(at("lookup-sheet"), address);
    if (matchMedia("(max-width: 767px)").matches) at("lookup-found").hidden = true;
  };
  const tab = () => [...document.querySelectorAll("#tabs button[role=tab]")].find((button) => button.textContent.trim() === "Lookup");
  const ready = async () => {
    for (let tries = 0; tries < 200; tries++) {
      if (tab()?.getAttribute("aria-selected") === "false") tab().click();
      if (at("lookup-sheet")) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    return Boolean(at("lookup-sheet"));
  };
  // #/code/SYSTEM/CODE and #/compare/SYSTEM/CODE/SYSTEM/CODE…
  const follow = async () => {
    const [, kind, ...parts] = location.hash.slice(1).split("/");
    if (!["code", "compare"].includes(kind) || parts.length < 2 || !(await ready())) return;
    const day = on() ? `on=${on()}` : "";
    if (kind === "code") return opened(`view/code/${parts[0]}/${parts[1]}?${day}`);
    chosen = parts.flatMap((part, place) => (place % 2 ? [] : [`${decodeURIComponent(part)}/${decodeURIComponent(parts[place + 1] ?? "")}`]));
    tray();
    opened(`view/compare?${chosen.map((code) => `code=${encodeURIComponent(code)}`).join("&")}&${day}`);
  };

  const tray = () => {
    const box = at("lookup-tray");
    box.hidden = !chosen.length;
    box.replaceChildren("compare ");
    for (const code of chosen) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.drop = code;
      button.textContent = `${code.split("/")[1]} ✕`;
      button.setAttribute("aria-label", `Do not compare ${code.split("/")[1]}`);
      box.append(button, " ");
    }
    if (chosen.length < 2) return box.append("with another code: open it and press compare");
    const go = document.createElement("a");
    go.href = `#/compare/${chosen.map((code) => code.split("/").map(encodeURIComponent).join("/")).join("/")}`;
    go.textContent = "side by side";
    box.append(go);
  };

  const refill = (form) => views.fill(form.nextElementSibling, `${form.dataset.fill}?${new URLSearchParams(new FormData(form))}`);

  document.addEventListener("input", (event) => {
    if (event.target.id === "lookup-q") search();
    const form = event.target.closest?.("form[data-fill]");
    if (form) refill(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest?.("#day")) {
      const day = event.target.value.trim();
      if (at("lookup-on")) at("lookup-on").value = day;
    } else if (!["lookup-on", "lookup-system"].includes(event.target.id)) return;
    if (at("lookup-q")?.value) search();
    follow();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-fill]")) return;
    event.preventDefault();
    refill(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "lookup-q") return keys(event);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable=true]")) return;
    const seen = [at("lookup-q"), document.querySelector("#message textarea, #message input")].find((box) => box?.offsetParent);
    if (!seen) return;
    event.preventDefault();
    seen.focus();
    seen.select();
  });
  document.addEventListener("click", (event) => {
    const add = event.target.closest?.("[data-compare]"), drop = event.target.closest?.("[data-drop]");
    if (add && !chosen.includes(add.dataset.compare)) chosen = [...chosen, add.dataset.compare].slice(-MOST);
    if (drop) chosen = chosen.filter((code) => code !== drop.dataset.drop);
    if (add || drop) tray();
    const option = event.target.closest?.("#lookup-list [role=option]");
    if (option) select(option);
    if (option && option.getAttribute("href") === location.hash) follow(); // the address does not change, the sheet may have
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.id === "lookup-q") at("lookup-found").hidden = false;
  });
  document.addEventListener("view", (event) => {
    if (event.target.id === "lookup-found") {
      at("lookup-q").setAttribute("aria-expanded", String(options().length > 0));
      at("lookup-q").removeAttribute("aria-activedescendant");
    } else if (event.target.querySelector?.("#lookup-q")) {
      const day = document.querySelector("#day input, #day textarea")?.value.trim();
      if (day) at("lookup-on").value = day;
    }
    if (event.target.id === "lookup-sheet") for (const box of [event.target, event.target.closest(".tabitem")]) if (box) box.scrollTop = 0;
  });
  window.addEventListener("hashchange", follow);
  follow();
})();
