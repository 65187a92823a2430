// The library desk: files are sent one by one with progress, looked at, and added once confirmed; removing is asked twice.
(() => {
  const desk = (node) => node.closest?.(".desk.library");
  const table = (root) => window.views.fill(root.querySelector('[data-view$="library/table"]'), "view/library/table");
  const alarm = (text) => {
    const line = document.createElement("li"), sign = document.createElement("span");
    sign.className = "sign s-error";
    sign.textContent = "✕";
    line.append(sign, ` ${text}`);
    return line;
  };
  const size = (bytes) => `${(bytes / 2 ** 20).toLocaleString("en-US", { maximumFractionDigits: 1 })} MB`;
  const put = (file, address, show, sending) => new Promise((resolve) => {
    const request = (sending.now = new XMLHttpRequest());
    request.open("PUT", address);
    request.upload.onprogress = (event) => show(event.loaded);
    request.onload = () => {
      let why = "";
      if (request.status >= 300) try { why = JSON.parse(request.responseText).detail; } catch { why = "the server could not take it"; }
      resolve(why && String(why));
    };
    request.onerror = () => resolve("it did not arrive: the server does not answer, or refused it before its end as too large");
    request.onabort = () => resolve("cancelled");
    request.send(file);
  });
  const bar = (place, sending) => {
    place.innerHTML = '<div class="job"><p class="bar"><progress max="1" value="0" aria-label="Sending"></progress> <button type="button">Cancel</button></p><p class="meta" role="status"></p><ul class="wrong"></ul></div>';
    place.querySelector("button").addEventListener("click", () => { sending.over = true; sending.now?.abort(); });
    const began = performance.now();
    return (done, total, name) => {
      const rate = done / ((performance.now() - began) / 1000 || 1);
      place.querySelector("progress").value = total ? done / total : 0;
      const left = rate > 0 ? ` · ${size(rate)}/s · ${Math.ceil((total - done) / rate)} s left` : "";
      place.querySelector('[role="status"]').textContent = `Sending: ${size(done)} of ${size(total)}${left} · ${name}`;
    };
  };
  const send = async (root, files) => {
    const place = root.querySelector(".receive .progress"), sending = { over: false };
    const opened = await fetch("view/library/uploads", { method: "POST" });
    if (!opened.ok) { place.innerHTML = await window.jobs.told(opened); return; }
    const { id } = await opened.json();
    const show = bar(place, sending), total = files.reduce((sum, file) => sum + file.size, 0);
    const wrong = [];
    let done = 0, sent = 0;
    for (const file of files) {
      if (sending.over) break;
      const over = file.size > root.dataset.largest * 2 ** 20; // not even sent; the server refuses it too
      const why = over ? `it has ${size(file.size)}; the limit is ${root.dataset.largest} MB` : await put(file, `view/library/uploads/${id}/file?${new URLSearchParams({ name: file.name })}`, (bytes) => show(done + bytes, total, file.name), sending);
      if (why && !sending.over) { wrong.push(`${file.name}: ${why}`); place.querySelector(".wrong").append(alarm(wrong.at(-1))); }
      if (!why) sent += 1;
      done += file.size;
      show(done, total, file.name);
    }
    if (sending.over || !sent) {
      fetch(`view/library/uploads/${id}/drop`, { method: "POST" });
      place.innerHTML = sending.over ? '<p class="meta" role="status">Cancelled: nothing was kept.</p>' : "";
      list(place, wrong);
      return;
    }
    place.wrong = wrong;
    place.upload = id;
    window.jobs.begin(place, `view/library/uploads/${id}/read`);
  };
  const list = (place, wrong) => {
    if (!wrong?.length) return;
    const lines = document.createElement("ul");
    lines.className = "wrong";
    lines.append(...wrong.map(alarm));
    place.append(lines);
  };
  document.addEventListener("ended", async (event) => {
    const place = event.target, root = desk(place);
    if (!root) return;
    const { then, state } = event.detail;
    if (then && state === "done") {
      const reply = await fetch(then);
      place.innerHTML = await window.jobs.told(reply);
      list(place, place.wrong);
    } else {
      if (then) fetch(`${then}/drop`, { method: "POST" });
      table(root);
    }
  });
  document.addEventListener("change", (event) => {
    const root = desk(event.target);
    if (!root || !event.target.matches('.receive input[type="file"]') || !event.target.files.length) return;
    send(root, [...event.target.files]);
    event.target.value = "";
  });
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
    const place = event.target.closest?.(".library .drop");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) send(desk(place), [...event.dataTransfer.files]);
  });
  const remove = async (button) => {
    if (!button.dataset.sure) {
      button.dataset.sure = "yes";
      button.textContent = "Remove for good?";
      button.addEventListener("blur", () => { delete button.dataset.sure; button.textContent = "Remove"; }, { once: true });
      return;
    }
    button.disabled = true;
    const root = desk(button), body = new URLSearchParams({ source_id: button.dataset.remove, sure: "yes" });
    const told = await window.jobs.sent("view/library/remove", body);
    if (told) { button.closest("section").querySelector("p.wrong").innerHTML = told; button.disabled = false; } else table(root);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-remove], [data-discard]");
    if (!button || !desk(button)) return;
    if (button.dataset.remove) { remove(button); return; }
    const form = button.closest("[data-upload]");
    window.jobs.sent(`view/library/uploads/${form.dataset.upload}/drop`);
    form.parentElement.innerHTML = '<p class="meta" role="status">Discarded: nothing was added.</p>';
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target, root = desk(form);
    if (!root) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    if (form.dataset.upload) window.jobs.begin(form.parentElement, `view/library/uploads/${form.dataset.upload}/add`, fields);
    else if ("fetch" in form.dataset) window.jobs.begin(form.closest(".view").querySelector(".progress"), "view/library/fetch", fields);
    else if ("difference" in form.dataset) {
      const place = form.parentElement.querySelector(".difference");
      place.innerHTML = '<p class="meta">Comparing …</p>';
      place.innerHTML = await window.jobs.told(await fetch(`view/library/diff?${fields}`));
    }
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-filter]")) return;
    const section = event.target.closest("section"), words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of section.querySelectorAll(".sources-loaded tbody tr")) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      count += !row.hidden;
    }
    section.querySelector("[data-count]").textContent = `${count} sources`;
  });
})();
