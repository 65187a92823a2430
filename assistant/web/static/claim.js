// The claim desk: rows grow, cells of a spreadsheet are pasted, findings stand beside the lines they are about.
(() => {
  const COLUMNS = [["line.code", /code|cpt|hcpcs|proc|service/i], ["line.units", /unit|qty|quantity/i], ["line.modifiers", /mod/i], ["line.diagnoses", /dx|diag|icd/i]];
  const desk = (node) => node.closest?.("form.claim");
  const body = (form) => form.querySelector("tbody");
  const inputs = (row) => [...row.querySelectorAll("input")];
  const filled = (row) => inputs(row).some((input) => input.value.trim());
  const grow = (form) => {
    const row = body(form).rows[0].cloneNode(true);
    const number = body(form).rows.length + 1;
    row.querySelector("th").textContent = number;
    row.querySelector(".marks").replaceChildren();
    row.classList.remove("about-this");
    for (const input of inputs(row)) {
      input.value = "";
      input.removeAttribute("aria-invalid");
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/^Line \d+/, `Line ${number}`));
    }
    body(form).append(row);
    return row;
  };
  const room = (form) => { if (filled([...body(form).rows].at(-1))) grow(form); };
  const close = (form) => { // rows left blank between others: findings count the lines that are there
    const rows = [...body(form).rows];
    const full = rows.filter(filled).map((row) => inputs(row).map((input) => input.value));
    rows.forEach((row, at) => inputs(row).forEach((input, cell) => { input.value = full[at]?.[cell] ?? ""; }));
  };
  const place = (form, found) => {
    const rows = [...body(form).rows];
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    rows.forEach((row) => row.querySelector(".marks").replaceChildren());
    for (const item of found.querySelectorAll(".findings li")) {
      const lines = item.dataset.lines.split(" ").filter(Boolean).map((line) => rows[line - 1]).filter(Boolean);
      for (const row of lines) {
        const cell = row.querySelector(".marks"), same = cell.querySelector(`.${item.className}`);
        const mark = same ?? document.createElement("span");
        const count = (mark.count = (mark.count ?? 0) + 1);
        mark.className = `sign ${item.className}`;
        mark.textContent = item.querySelector(".sign").textContent + (count > 1 ? count : "");
        mark.title = `${count} ${item.className.slice(2)}${count > 1 ? "s" : ""}`;
        cell.append(mark);
      }
      const field = item.dataset.field && (lines[0] ?? form.querySelector(".about")).querySelector(`[name="${item.dataset.field}"]`);
      if (field) field.setAttribute("aria-invalid", "true");
    }
    form.querySelector("[aria-invalid]")?.focus();
  };
  const check = async (form) => {
    close(form);
    const turn = (form.turn = (form.turn ?? 0) + 1);
    const found = form.querySelector(".found");
    found.classList.add("waiting");
    const text = await window.jobs.sent("view/claim/check", new URLSearchParams(new FormData(form)));
    if (turn !== form.turn) return; // a later check is on its way
    found.classList.remove("waiting");
    found.innerHTML = text;
    place(form, found);
  };
  const take = async (form, kind) => {
    close(form);
    const reply = await fetch(`view/claim/findings.${kind}`, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!reply.ok) {
      form.querySelector(".found").innerHTML = await window.jobs.told(reply);
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await reply.blob());
    link.download = /filename="([^"]+)"/.exec(reply.headers.get("Content-Disposition"))?.[1] ?? `claim.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const paste = (form, input, text) => {
    const cells = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t").map((cell) => cell.trim()));
    const first = COLUMNS.findIndex(([name]) => name === input.name);
    const heads = cells[0].map((cell) => COLUMNS.find(([, words]) => words.test(cell))?.[0]);
    const headed = heads.includes("line.code") && !cells[0].some((cell) => /^\w\d{4}/.test(cell));
    const names = headed ? heads : cells[0].map((_, at) => COLUMNS[first + at]?.[0]);
    const start = [...body(form).rows].indexOf(input.closest("tr"));
    (headed ? cells.slice(1) : cells).forEach((line, down) => {
      const row = body(form).rows[start + down] ?? grow(form);
      const values = {};
      line.forEach((cell, at) => {
        const name = names[at] ?? (headed ? undefined : at + first < COLUMNS.length ? COLUMNS[first + at][0] : "line.diagnoses");
        if (name && cell) values[name] = values[name] ? `${values[name]} ${cell}` : cell;
      });
      for (const [name, value] of Object.entries(values)) row.querySelector(`[name="${name}"]`).value = value;
    });
    room(form);
  };
  document.addEventListener("view", (event) => { // what is set beside every question holds here too, until it is changed
    const form = event.target.querySelector?.("form.claim");
    for (const name of form ? ["payer", "setting"] : []) {
      const set = document.querySelector(`#${name} input`)?.value ?? "";
      if (set && !set.startsWith("any ")) form.elements[name].value = set;
    }
    const day = document.querySelector("#day input, #day textarea")?.value.trim();
    if (form && /^\d{4}-\d\d-\d\d$/.test(day)) form.elements.date.value = day;
  });
  document.addEventListener("paste", (event) => {
    const form = desk(event.target), text = event.clipboardData?.getData("text/plain") ?? "";
    if (!form || !event.target.closest("tbody") || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    paste(form, event.target, text);
  });
  document.addEventListener("input", (event) => {
    if (desk(event.target) && event.target.closest("tbody")) room(desk(event.target));
  });
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Enter" && desk(event.target);
    if (!form || event.target.closest("button, summary, a")) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) { check(form); return; }
    const row = event.target.closest("tbody tr");
    if (row) {
      (row.nextElementSibling ?? grow(form)).querySelector("input").focus();
    } else {
      const fields = [...form.querySelectorAll("input, select")];
      fields[fields.indexOf(event.target) + 1]?.focus();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!desk(event.target)) return;
    event.preventDefault();
    check(desk(event.target));
  });
  document.addEventListener("click", (event) => {
    const form = desk(event.target);
    if (!form) return;
    const button = event.target.closest("[data-take]");
    if (button) take(form, button.dataset.take);
    if (event.target.closest("[data-clear]")) window.views.fill(form.closest(".view"), "view/claim");
  });
  document.addEventListener("mouseover", (event) => {
    const form = desk(event.target);
    if (!form) return;
    const item = event.target.closest(".findings li");
    const lines = item ? item.dataset.lines.split(" ") : [];
    [...body(form).rows].forEach((row, at) => row.classList.toggle("about-this", lines.includes(String(at + 1))));
  });
  document.addEventListener("change", (event) => {
    const section = event.target.closest?.("section.batch"), file = event.target.files?.[0];
    if (!section || !file) return;
    window.jobs.begin(section.querySelector(".progress"), `view/claim/batch?${new URLSearchParams({ name: file.name })}`, file);
    event.target.value = "";
  });
})();
