// The desk: chats on the left, sources on the right, the keys, and the theme. What the server knows it writes itself (views.js).
const desk = (() => {
  const find = (selector) => document.querySelector(selector);
  const post = (address, body) =>
    fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
  // Gradio takes what is typed into a field, not what a script sets.
  const type = (selector, text) => {
    const box = find(`${selector} textarea, ${selector} input`);
    if (!box) return;
    const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set;
    set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const show = (name) => document.querySelectorAll('#tabs [role="tab"]').forEach((tab) => tab.textContent.trim() === name && tab.click());
  const drawer = (side, shown) => find("#desk")?.classList.toggle(`${side}-open`, shown);

  // Sources: the view of one answer at a time, filled when it is asked for.
  const panel = () => find("#sources .sources");
  let filled = Promise.resolve();
  const sources = (turn) => {
    if (turn && panel().dataset.turn !== turn) {
      panel().dataset.turn = turn;
      filled = views.fill(panel(), `view/answer/${turn}`);
    }
    return filled;
  };
  const cardOf = (mark) => document.getElementById(mark.getAttribute("href").slice(1));
  const turnOf = (mark) => mark.getAttribute("href").match(/^#cite-(.+)-\d+$/)[1];
  const page = (card) => card.querySelector("[data-open]")?.click();
  const open = async (mark) => {
    if (cardOf(mark)?.classList.contains("flash")) return page(cardOf(mark)); // the second time its page
    await sources(turnOf(mark));
    if (cardOf(mark)) flash(cardOf(mark));
  };
  const flash = (card) => {
    drawer("sources", true);
    document.querySelectorAll(".card.flash").forEach((other) => other.classList.remove("flash"));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    card.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    card.classList.add("flash");
    card.focus({ preventScroll: true });
  };

  // Chats: the list, and the one in view, which the address names.
  const listed = () => find(".past nav") && views.fill(find(".past nav"), `view/chats?search=${encodeURIComponent(find("#find-chat").value)}`);
  let typed = ""; // a question that was in its box when the page was loaded anew
  const answered = (chat, turn) => {
    const answer = location.hash.match(/^#\/answer\/([\w-]+)$/)?.[1];
    if (chat && !answer) history.replaceState(null, "", `#/chat/${chat}`);
    if (answer || turn) sources(answer ?? turn);
    listed();
    if (typed) (type("#message", typed), (typed = ""));
  };
  const fresh = () => {
    history.replaceState(null, "", location.pathname);
    panel().dataset.turn = "";
    panel().textContent = "";
    reopen();
    find("#message textarea, #message input")?.focus();
  };
  // The chat that the address names, by its own id or by one of its answers.
  const wanted = async () => {
    await restored;
    const [, kind, id] = location.hash.match(/^#\/(chat|answer)\/([\w-]+)$/) ?? [];
    if (kind !== "answer") return id ?? "";
    const reply = await fetch(`view/answer/${id}/chat`);
    return reply.ok ? (await reply.json()).chat : "";
  };
  const reopen = () => find("#reopen").click(); // asks wanted() what to show
  const go = () => {
    if (!location.hash.match(/^#\/(chat|answer)\//)) return;
    show("Chat");
    reopen();
  };

  const look = (theme) => {
    const wanted = theme || localStorage.getItem("codecite-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.body.classList.toggle("dark", wanted === "dark");
  };
  const chosen = async (item, event) => {
    const id = item.dataset.chat;
    if (event.target.closest(".rename")) {
      const title = prompt("New title", item.querySelector(".open").title);
      if (title) await post(`view/chats/${id}/title`, { text: title });
    } else if (event.target.closest(".delete")) {
      if (!confirm("Delete this chat? The records of its answers stay.")) return;
      await post(`view/chats/${id}/delete`);
      if (location.hash.endsWith(id)) fresh();
    } else if (event.target.closest(".open")) {
      drawer("past", false);
      history.replaceState(null, "", `#/chat/${id}`);
      return reopen();
    } else return;
    listed();
  };
  const clicked = {
    "#theme": () => {
      const dark = document.body.classList.toggle("dark");
      localStorage.setItem("codecite-theme", dark ? "dark" : "light");
    },
    "#help": () => find("#keys").showModal(),
    "#close-keys": () => find("#keys").close(),
    "#more": () => {
      const shown = find("#top").classList.toggle("settings-open");
      find("#more").setAttribute("aria-expanded", String(shown));
    },
    "#open-sources": () => drawer("sources", true),
    "#open-past": () => drawer("past", true),
    "#close-sources": () => drawer("sources", false),
    "#new-chat": () => (drawer("past", false), fresh()),
    "[data-ask]": (button) => {
      type("#message", button.dataset.ask);
      setTimeout(() => find("#send").click(), 60);
    },
    ".star": async (button) => {
      const on = button.getAttribute("aria-pressed") !== "true";
      await post(`view/answer/${button.closest("[data-turn]").dataset.turn}/star`, { on });
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "★" : "☆";
    },
    ".favour": async (button) => {
      const on = button.getAttribute("aria-pressed") !== "true";
      await post(`view/own/${button.closest("[data-mark]").dataset.mark}/favourite`, { on });
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "★" : "☆";
    },
    ".copy-answer": async (button) => {
      const reply = await fetch(`view/answer/${button.closest("[data-turn]").dataset.turn}/export.md`);
      await navigator.clipboard.writeText(await reply.text());
      button.textContent = "copied";
    },
  };
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const mark = at('a[href^="#cite-"]');
    if (mark) {
      event.preventDefault();
      event.stopPropagation();
      return void open(mark);
    }
    for (const [selector, act] of Object.entries(clicked)) if (at(selector)) return void act(at(selector));
    if (at("[data-chat]")) return void chosen(at("[data-chat]"), event);
    if (!at("#sources, dialog")) drawer("sources", false);
    if (!at("#past, dialog")) drawer("past", false);
  }, true);
  document.addEventListener("mouseover", async (event) => {
    const mark = event.target.closest?.('a[href^="#cite-"]');
    if (!mark || mark.title || !panel()) return;
    if (panel().dataset.turn === turnOf(mark)) mark.title = cardOf(mark)?.querySelector("mark")?.textContent ?? "";
  });
  document.addEventListener("input", (event) => event.target.id === "find-chat" && listed());
  // Notes are kept as they are typed. Those the server did not take, and the question in its box, outlive a reload of the page, which
  // Gradio does by itself when the server is there again.
  const LEFT = "codecite-left";
  const unkept = new Map(); // address of a note → its text
  let pause;
  const keep = async ([address, text]) => {
    const kept = await post(address, { text }).then((reply) => reply.ok, () => false);
    if (kept && unkept.get(address) === text) unkept.delete(address);
  };
  const keepAll = () => (clearTimeout(pause), Promise.all([...unkept].map(keep)));
  const noted = (event) => {
    if (!event.target.matches?.("textarea.note")) return;
    const { turn, mark } = event.target.closest("[data-turn], [data-mark]").dataset;
    unkept.set(turn ? `view/answer/${turn}/note` : `view/own/${mark}/note`, event.target.value);
    clearTimeout(pause);
    pause = setTimeout(keepAll, event.type === "input" ? 500 : 0);
  };
  document.addEventListener("input", noted);
  document.addEventListener("change", noted);
  window.addEventListener("pagehide", () => {
    const question = find("#message textarea, #message input")?.value ?? "";
    sessionStorage.setItem(LEFT, JSON.stringify({ question, notes: [...unkept] }));
  });
  const restored = (async () => {
    const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
    sessionStorage.removeItem(LEFT);
    if (!left || performance.getEntriesByType("navigation")[0]?.type !== "reload") return; // somebody else may have logged in
    left.notes.forEach(([address, text]) => unkept.set(address, text));
    typed = left.question;
    await keepAll();
  })();
  const writing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !find("dialog[open]")) {
      drawer("sources", false);
      drawer("past", false);
      find("#stop")?.click();
    } else if (!writing(event.target) && !event.metaKey && !event.ctrlKey && !event.altKey) {
      if (event.key === "/") {
        const box = [...document.querySelectorAll("#message textarea, #message input, [data-search]")].find((one) => one.offsetParent);
        if (box) (event.preventDefault(), box.focus());
      } else if (event.key === "?") find("#keys").showModal();
    }
  });
  window.addEventListener("hashchange", go);
  window.cards = { open: flash, page };
  return { answered, fresh, look, wanted };
})();
