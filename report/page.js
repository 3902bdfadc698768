"use strict";
// Tables: a button in each heading sorts by its column, as numbers where all are.
for (const table of document.querySelectorAll("table.sorts")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((th, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const down = th.getAttribute("aria-sort") === "ascending";
      heads.forEach(h => h.removeAttribute("aria-sort"));
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[i].textContent.trim();
      const number = s => { const v = parseFloat(s.replace("+", "")); return s === "" ? NaN : v * scale(s); };
      const rows = [...body.rows], numeric = rows.every(r => key(r) === "" || !isNaN(number(key(r))));
      rows.map((r, n) => [r, n]).sort(([a, m], [b, n]) => {
        const x = key(a), y = key(b);
        if ((x === "") !== (y === "")) return x === "" ? 1 : -1;
        const c = numeric ? number(x) - number(y) : x.localeCompare(y, undefined, {numeric: true});
        return (down ? -c : c) || m - n;
      }).forEach(([r]) => body.append(r));
    });
  });
}
function scale(s) {
  const unit = (s.match(/(ns|µs|ms|kB|MB|GB)$/) || [])[1];
  return {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit] || 1;
}

for (const input of document.querySelectorAll("input.filter")) {
  const rows = input.closest("details").querySelectorAll("tbody tr");
  input.addEventListener("input", () => {
    const want = input.value.toLowerCase();
    for (const r of rows) r.hidden = !r.textContent.toLowerCase().includes(want);
  });
}

// Ladders: times run down, silences are shortened, a step shows one segment more.
const SVG = "http://www.w3.org/2000/svg";
function make(name, attributes, ...children) {
  const e = document.createElementNS(SVG, name);
  for (const k in attributes) e.setAttribute(k, attributes[k]);
  e.append(...children);
  return e;
}
function duration(ns) {
  if (ns === 0) return "0 s";
  const [unit, size] = ns < 1e3 ? ["ns", 1] : ns < 1e6 ? ["µs", 1e3] : ns < 1e9 ? ["ms", 1e6] : ["s", 1e9];
  return +(ns / size).toPrecision(6) + " " + unit;
}
function describe(d, m) {
  let s = `${duration(m.sent)}: ${d.hosts[m.from]} to ${d.hosts[m.to]}: ${m.label}`;
  if (m.detail) s += `, ${m.detail}`;
  if (m.again) s += ", sent again";
  if (m.old) s += ", an old duplicate: of an earlier connection between these ports";
  else if (m.before) s += ", of the connection before, which this end still has";
  else if (m.copy) s += ", a duplicate";
  return s + (m.arrived < 0 ? `. It is lost: ${m.lost || "it never arrives"}.` : `. It arrives at ${duration(m.arrived)}.`);
}
function heights(d, zoom) {
  const times = [...new Set(d.messages.flatMap(m => m.arrived < 0 ? [m.sent] : [m.sent, m.arrived]).concat(d.states.map(s => s.from)))].sort((a, b) => a - b);
  const flights = d.messages.filter(m => m.arrived >= 0).map(m => m.arrived - m.sent).sort((a, b) => a - b);
  const flight = flights[flights.length >> 1] || 1e6;
  const y = new Map(), folds = [];
  let at = 40;
  times.forEach((t, i) => {
    if (i > 0) {
      const gap = t - times[i - 1];
      const full = 44 * gap / flight * zoom;
      const step = Math.min(Math.max(full, 15 * zoom), 90 * zoom);
      if (full > 90 * zoom * 1.5) folds.push([at + step / 2, gap]);
      at += step;
    }
    y.set(t, at);
  });
  return {y, folds, bottom: at + 30};
}
for (const box of document.querySelectorAll(".ladder")) {
  const d = JSON.parse(box.querySelector("script").textContent);
  d.messages.sort((a, b) => a.sent - b.sent);
  const left = 200, right = 130, width = left + right + 330 * Math.max(1, d.hosts.length - 1);
  const x = h => left + h * (width - left - right) / Math.max(1, d.hosts.length - 1);
  const tools = document.createElement("div"), drawn = document.createElement("div"), said = document.createElement("p");
  tools.className = "tools"; drawn.className = "drawn"; said.className = "said";
  drawn.tabIndex = 0;
  drawn.setAttribute("role", "region");
  drawn.setAttribute("aria-label", "Ladder of " + box.dataset.title);
  said.setAttribute("aria-live", "polite");
  let zoom = 1, step = d.messages.length, arrows = [];
  const tell = m => { said.textContent = describe(d, m); };
  const button = (text, label, act) => {
    const b = document.createElement("button");
    b.type = "button"; b.textContent = text; b.setAttribute("aria-label", label);
    b.addEventListener("click", act);
    tools.append(b);
    return b;
  };
  const show = () => {
    arrows.forEach((g, i) => { g.classList.toggle("later", i >= step); g.classList.toggle("now", i === step - 1 && step < arrows.length + 1 && stepping); });
    back.disabled = step === 0; next.disabled = step === arrows.length;
    where.textContent = `${step} of ${arrows.length} segments`;
  };
  let stepping = false;
  const go = n => {
    stepping = true;
    step = Math.min(Math.max(n, 0), arrows.length);
    show();
    if (step > 0) { tell(d.messages[step - 1]); arrows[step - 1].scrollIntoView({block: "nearest"}); } else said.textContent = "Nothing is sent yet.";
  };
  button("|◀", "Begin", () => go(0));
  const back = button("◀ back", "back: one segment less", () => go(step - 1));
  const next = button("next ▶", "next: one segment more", () => go(step + 1));
  button("▶|", "Show all", () => { go(arrows.length); });
  const where = document.createElement("span");
  tools.append(where);
  button("+", "Zoom in", () => { zoom *= 1.4; draw(); });
  button("−", "Zoom out", () => { zoom /= 1.4; draw(); });
  drawn.addEventListener("keydown", e => {
    const key = {ArrowRight: 1, ArrowLeft: -1}[e.key];
    if (key) { e.preventDefault(); go(step + key); }
  });
  function draw() {
    const {y, folds, bottom} = heights(d, zoom);
    const svg = make("svg", {viewBox: `0 0 ${width} ${bottom}`, style: `max-width:${1.25 * width}px`, role: "group", "aria-label": "Segments between " + d.hosts.join(" and ")});
    d.hosts.forEach((h, i) => {
      svg.append(make("text", {x: x(i), y: 20, "text-anchor": "middle", class: "host"}, h));
      svg.append(make("line", {x1: x(i), x2: x(i), y1: 28, y2: bottom - 8, class: "column"}));
    });
    for (const [at, gap] of folds) {
      svg.append(make("line", {x1: 10, x2: width - 10, y1: at, y2: at, class: "fold"}));
      svg.append(make("text", {x: width / 2, y: at - 3, "text-anchor": "middle", class: "time"}, `… ${duration(gap)} …`));
    }
    const taken = {};
    for (const s of d.states) {
      if (!y.has(s.from)) continue;
      const end = s.host === d.hosts.length - 1 && s.host > 0;
      const key = s.host + ":" + Math.round(y.get(s.from));
      const drop = 12 * (taken[key] = (taken[key] || 0) + 1) - 12;
      svg.append(make("text", {x: x(s.host) + (end ? 8 : -8), y: y.get(s.from) + 4 + drop, "text-anchor": end ? "start" : "end", class: "state"}, `${s.state}`));
    }
    const together = {};
    arrows = d.messages.map(m => {
      const lost = m.arrived < 0, x1 = x(m.from), y1 = y.get(m.sent);
      let x2 = x(m.to), y2 = lost ? y1 + 22 * zoom : y.get(m.arrived);
      if (lost) x2 = x1 + (x2 - x1) * .7;
      const angle = Math.atan2(y2 - y1, x2 - x1), tip = a => `${x2 - 9 * Math.cos(angle + a)} ${y2 - 9 * Math.sin(angle + a)}`;
      const head = lost ? `M${x2 - 5} ${y2 - 5}L${x2 + 5} ${y2 + 5}M${x2 - 5} ${y2 + 5}L${x2 + 5} ${y2 - 5}` : `M${tip(.4)}L${x2} ${y2}L${tip(-.4)}`;
      const g = make("g", {class: "arrow" + (lost ? " lost" : "") + (m.again ? " again" : ""), tabindex: 0, role: "img", "aria-label": describe(d, m)},
        make("path", {d: `M${x1} ${y1}L${x2} ${y2}`, class: "hit"}), make("path", {d: `M${x1} ${y1}L${x2} ${y2}`}), make("path", {d: head}));
      const turn = (angle * 180 / Math.PI + 270) % 180 - 90;
      // Of arrows that leave together the captions stand above and below by turns; of
      // those that cross each stands at its sender, on two lines.
      const key = m.from + ":" + Math.round(y1 / 6), nth = together[key] = (together[key] || 0) + 1;
      const crosses = d.messages.some(o => o.from === m.to && o.to === m.from && o.sent < m.arrived && m.sent < o.arrived);
      const write = (share, dy, anchor, s) => {
        const cx = x1 + (x2 - x1) * share, cy = y1 + (y2 - y1) * share;
        g.append(make("text", {x: cx, y: cy + dy, "text-anchor": anchor, transform: `rotate(${turn} ${cx} ${cy})`}, s));
      };
      if (crosses) {
        const anchor = x2 > x1 ? "start" : "end";
        write(.04, -5, anchor, m.label);
        write(.04, 13, anchor, m.detail || "");
      } else {
        write(.5, nth % 2 ? -5 : 13, "middle", m.label + (m.detail ? "  " + m.detail : ""));
      }
      g.addEventListener("mouseenter", () => tell(m));
      g.addEventListener("focus", () => tell(m));
      svg.append(g);
      return g;
    });
    const marks = [...new Set(d.messages.map(m => m.sent))];
    let last = -99;
    for (const t of marks) {
      if (y.get(t) - last < 13) continue;
      last = y.get(t);
      svg.append(make("text", {x: 6, y: last + 4, class: "time"}, duration(t)));
    }
    drawn.replaceChildren(svg);
    show();
  }
  box.append(tools, said, drawn);
  said.textContent = d.more ? `${d.more} more segments are not drawn.` : "Step through it, or point at an arrow to read its fields.";
  draw();
}
