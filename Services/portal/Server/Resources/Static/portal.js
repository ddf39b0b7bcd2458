// What pages do when scripts run: live rows, swapped fragments, the palette, copying. All of it works without, too.
const $ = (q, e = document) => e.querySelector(q);
const all = (q, e = document) => [...e.querySelectorAll(q)];
const main = () => $("#main");
document.documentElement.classList.add("js");

function toast(text) {
  $(".toast")?.remove();
  const p = document.createElement("p");
  p.className = "toast"; p.setAttribute("role", "status"); p.textContent = text;
  document.body.append(p);
  setTimeout(() => p.remove(), 3000);
}

// On plain HTTP browsers have no clipboard for pages: there the text is selected and copied as a hand would.
function copyText(text) {
  const done = ok => toast(ok ? "Copied" : "The browser did not let this page copy");
  if (navigator.clipboard) { navigator.clipboard.writeText(text).then(() => done(true), () => done(false)); return; }
  const back = document.activeElement, box = document.createElement("textarea");
  box.value = text; box.readOnly = true; box.className = "vh";
  document.body.append(box); box.select();
  let ok = false;
  try { ok = document.execCommand("copy"); } catch { }
  box.remove(); back?.focus?.(); done(ok);
}

// Swapping: the page is fetched, its middle replaced, the address and the focus kept.
async function swap(url, push = true) {
  const busy = setTimeout(() => main().setAttribute("aria-busy", "true"), 150);
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) { location.href = url; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = $("#main", page);
    if (!next) { location.href = url; return; }
    const focus = document.activeElement;
    const key = focus?.id ? "#" + CSS.escape(focus.id) : focus?.getAttribute?.("href") ? `[href="${CSS.escape(focus.getAttribute("href"))}"]` : null;
    main().replaceWith(next);
    document.title = page.title;
    if (push) history.pushState({ swap: true }, "", url);
    (key && $(key) || next).focus({ preventScroll: true });
    dress();
  } catch { location.href = url; } finally { clearTimeout(busy); main().removeAttribute("aria-busy"); }
}
addEventListener("popstate", () => swap(location.href, false));

document.addEventListener("click", event => {
  const copy = event.target.closest("[data-copy],[data-copy-from]");
  if (copy) {
    const text = copy.dataset.copy || $("#" + copy.dataset.copyFrom)?.textContent || "";
    copyText(text);
    return;
  }
  const link = event.target.closest("a[data-swap]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) { event.preventDefault(); swap(link.href); return; }
  if (event.target.closest("#find")) { event.preventDefault(); palette(); }
  const pause = event.target.closest("[data-live] button");
  if (pause) { paused = !paused; say(); if (!paused) refresh(); }
});
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.matches("[data-swap]") && form.method === "get") {
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(form)].filter(([, v]) => v));
    swap(form.getAttribute("action") + (query.size ? "?" + query : ""));
  } else {
    // A second click does not send a form twice.
    setTimeout(() => all("button[type=submit]", form).forEach(b => b.disabled = true));
  }
});
addEventListener("pageshow", () => all("button:disabled").forEach(b => b.disabled = false));

// Live rows: one stream for the page; without it the list is fetched now and then.
let paused = false, stale = false, last = new Date(), source, timer, pending;
function say() {
  for (const box of all("[data-live]")) {
    $("span", box).textContent = paused ? `Live paused, last at ${clock(last)}` : stale ? `Not live, last at ${clock(last)}` : "Live";
    $("button", box).textContent = paused ? "Resume" : "Pause";
  }
}
async function refresh() {
  const table = $("table[data-rows]");
  const steps = $("#steps");
  const url = steps?.dataset.poll || table?.dataset.source || ($("[data-live]") ? location.href : null);
  if (!url || paused && !steps) return;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw 0;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    stale = false; last = new Date();
    if (steps) {
      const fresh = $("#arrived", page);
      if (fresh?.classList.contains("done")) { $("#arrived").replaceWith(fresh); steps.dataset.poll = ""; $(".say").textContent = $(".say", page).textContent; }
    }
    fragments(page);
    const rows = $("table[data-rows] tbody", page);
    if (!table && rows) { main().replaceWith($("#main", page)); dress(); return; }
    if (!table || !rows) return;
    const old = new Set(all("tr", table).map(r => r.dataset.id));
    for (const row of all("tr", rows)) if (!old.has(row.dataset.id)) row.classList.add("fresh");
    if (!table.contains(document.activeElement)) $("tbody", table).replaceWith(rows);
  } catch { stale = true; }
  clocks(); say();
}
// The parts of a page that move with every request; what somebody reads in stays as it is.
function fragments(page) {
  for (const id of ["say", "today", "figures", "map", "money", "latency", "savings"]) {
    const old = document.getElementById(id), next = page.getElementById(id);
    if (!old || !next || old.contains(document.activeElement) || $("details[open]", old)) continue;
    if (old.innerHTML !== next.innerHTML) old.replaceWith(next);
  }
}
// The sums of today as the stream says them, before the page is fetched.
function dollars(nanos) {
  const value = nanos / 1e9;
  return "$" + (value === 0 || value >= 0.01 ? value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",") : value >= 0.0001 ? value.toFixed(4) : String(value));
}
function figures(event) {
  if (paused) return;
  const totals = JSON.parse(event.data).totals;
  for (const place of all("#today [data-of]")) {
    const name = place.dataset.of, value = totals[name] || 0;
    place.textContent = name === "cost_nano_usd" ? dollars(value) : value.toLocaleString("en-US");
  }
}
// Several requests that end together are fetched once.
let fetched = 0;
function soon() {
  if (!pending) pending = setTimeout(() => { pending = 0; fetched = Date.now(); refresh(); }, Math.max(150, 400 - (Date.now() - fetched)));
}
function listen() {
  if (!$("[data-live]") && !$("#steps")?.dataset.poll) { source?.close(); source = null; clearInterval(timer); timer = 0; return; }
  if (source || timer) return;
  if (!window.EventSource) { timer = setInterval(soon, 5000); return; }
  source = new EventSource("/api/events");
  for (const name of ["usage", "resync", "live"]) source.addEventListener(name, soon);
  source.addEventListener("figures", figures);
  source.addEventListener("stale", () => { stale = true; say(); });
  source.onopen = () => { clearInterval(timer); timer = 0; stale = false; say(); };
  source.onerror = () => { if (!timer) timer = setInterval(soon, 5000); };
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });

// Choosing rows: with Shift everything between the last one and this.
let chosen;
document.addEventListener("click", event => {
  if (!event.target.matches?.(".pick1 input")) return;
  const boxes = all(".pick1 input"), at = boxes.indexOf(event.target), from = boxes.indexOf(chosen);
  if (event.shiftKey && from >= 0) for (const box of boxes.slice(Math.min(at, from), Math.max(at, from) + 1)) box.checked = event.target.checked;
  chosen = event.target;
});

// Times in the reader's own zone.
function clock(date) { return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }); }
function clocks() {
  const today = new Date().toDateString();
  for (const time of all("time[data-clock]")) {
    const date = new Date(time.dateTime);
    if (isNaN(date)) continue;
    time.textContent = (date.toDateString() === today ? "" : date.toLocaleDateString([], { day: "numeric", month: "short" }) + ", ") + clock(date);
    time.title = time.dateTime;
  }
}

// The palette: every page by its name, and a search for a model.
function dialog(content) {
  const box = document.createElement("dialog");
  box.append(content);
  const back = document.activeElement;
  document.body.append(box);
  box.addEventListener("close", () => { box.remove(); back?.focus?.(); });
  box.addEventListener("click", event => { if (event.target === box) box.close(); });
  box.showModal();
  return box;
}
function make(tag, props = {}, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children);
  return e;
}
function palette() {
  if ($("dialog")) return;
  const links = all(".rail li a").map(a => [a.firstElementChild.nextSibling.textContent.trim(), a.getAttribute("href")]);
  links.push(["New key", "/keys#new"], ["New plan", "/plans#new"], ["New chain", "/chains#new"], ["Set a price", "/settings#prices"], ["Add a proxy", "/settings#proxies"], ["Sessions", "/sessions"], ["Declare a provider", "/providers#new"], ["Requests that failed", "/requests?outcome=provider_error"], ["Requests that were blocked", "/requests?outcome=blocked"]);
  const input = make("input", { type: "search", placeholder: "A page, or a model to look for" });
  input.setAttribute("aria-label", "Search or jump to");
  const list = make("ul");
  const draw = () => {
    const text = input.value.trim().toLowerCase();
    const found = links.filter(([name]) => name.toLowerCase().includes(text));
    if (text) found.push([`Requests for the model “${input.value.trim()}”`, "/requests?model=" + encodeURIComponent(input.value.trim())]);
    list.replaceChildren(...found.map(([name, href]) => make("li", {}, make("a", { href, textContent: name }))));
  };
  const box = dialog(make("div", {}, input, list));
  box.setAttribute("aria-label", "Search or jump to");
  input.addEventListener("input", draw);
  box.addEventListener("keydown", event => {
    const items = all("a", list), at = items.indexOf(document.activeElement);
    if (event.key === "ArrowDown") { event.preventDefault(); (items[at + 1] || items[0])?.focus(); }
    if (event.key === "ArrowUp") { event.preventDefault(); (items[at - 1] || input).focus(); }
    if (event.key === "Enter" && document.activeElement === input) items[0]?.click();
  });
  list.addEventListener("click", () => box.close());
  draw(); input.focus();
}
const places = { o: "/", r: "/requests", u: "/usage", q: "/quotas", p: "/providers", k: "/keys", n: "/plans", c: "/chains", g: "/guardrails", s: "/saving", w: "/welcome/connect", e: "/sessions", a: "/audit", ",": "/settings" };
function help() {
  if ($("dialog")) return;
  const keys = [["Ctrl K", "search or jump"], ["/", "filter the list"], ["c", "copy the base address"], ["g o", "overview"], ["g r", "requests"], ["g u", "usage"], ["g q", "quotas"], ["g p", "providers"], ["g k", "keys"], ["g n", "plans"], ["g c", "chains"], ["g g", "guardrails"], ["g s", "token saving"], ["g e", "sessions"], ["g a", "audit"], ["g ,", "settings"], ["Shift click", "choose a row and all up to it"], ["Esc", "close"]];
  const close = make("button", { className: "btn", type: "button", textContent: "Close" });
  const box = dialog(make("div", { className: "body" }, make("h2", { textContent: "Shortcuts" }), make("dl", {}, ...keys.flatMap(([k, t]) => [make("dt", {}, make("kbd", { textContent: k })), make("dd", { textContent: t })])), close));
  box.setAttribute("aria-label", "Shortcuts");
  close.addEventListener("click", () => box.close()); close.focus();
}
let lead = 0;
document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); if ($(".rail")) palette(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input,select,textarea,dialog")) return;
  if (!$(".rail")) return;
  if (lead && Date.now() - lead < 1200) { lead = 0; if (places[event.key]) { event.preventDefault(); location.href = places[event.key]; } return; }
  if (event.key === "g") lead = Date.now();
  else if (event.key === "?") help();
  else if (event.key === "c") $("#base")?.click();
  else if (event.key === "/") { const field = $(".filters input:not([type=hidden]), .filters select"); event.preventDefault(); if (field) { field.closest("details")?.setAttribute("open", ""); field.focus(); } else palette(); }
});

// A theme that is chosen shows at once; the form keeps it.
document.addEventListener("change", event => {
  if (event.target.id === "theme") { const v = event.target.value; v === "system" ? delete document.documentElement.dataset.theme : document.documentElement.dataset.theme = v; }
  if (event.target.id === "palette" && event.target.closest(".looks")) document.documentElement.dataset.palette = event.target.value;
});
function dress() { clocks(); say(); listen(); }
dress();
