"use strict";
(() => {
  const data = JSON.parse(document.getElementById("timeline-data").textContent);
  const statuses = ["skipped", "ok", "changed", "ignored", "failed", "unreachable"];
  const words = ["skipped", "ok", "changed", "failed, ignored", "failed", "unreachable"];
  const $ = (selector, from = document) => from.querySelector(selector);

  for (const button of document.querySelectorAll(".copy")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.previousElementSibling.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(button.previousElementSibling);
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  const canvas = $("canvas");
  if (!canvas || data.count === 0) return;

  // One column an attribute: 150,000 objects would take seconds and a hundred megabytes.
  const count = data.count, hosts = data.hosts.length;
  const host = new Uint16Array(count), task = new Uint32Array(count), start = new Float32Array(count), length = new Float32Array(count), status = new Uint8Array(count);
  const first = new Uint32Array(hosts + 1).fill(count);
  (() => {
    const text = atob(data.results);
    let at = 0, onHost = 0, onTask = 0, ticks = 0;
    const number = () => {
      let value = 0, factor = 1, byte;
      do { byte = text.charCodeAt(at++); value += (byte & 0x7f) * factor; factor *= 128; } while (byte > 0x7f);
      return value;
    };
    const signed = () => { const value = number(); return value % 2 ? -(value + 1) / 2 : value / 2; };
    for (let i = 0; i < count; i++) {
      const step = number();
      if (step > 0) { onHost += step; onTask = 0; ticks = 0; }
      onTask += signed(); ticks += signed();
      host[i] = onHost; task[i] = onTask; start[i] = ticks / 100; length[i] = number() / 100; status[i] = number();
      if (first[onHost] === count) first[onHost] = i;
    }
    for (let h = hosts - 1; h >= 0; h--) if (first[h] === count) first[h] = first[h + 1];
  })();

  const whole = Math.max(data.seconds, 0.1);
  let from = 0, to = whole, chosen = -1, chosenHost = 0, drag = null, colours = {};
  const pen = canvas.getContext("2d");
  const now = $("#timeline-now"), range = $(".range");
  const rowHeight = hosts <= 12 ? 26 : hosts <= 40 ? 16 : 12;
  const axis = 40;
  let left = 0, width = 0, ratio = 1;

  const time = seconds => {
    const s = Math.max(0, seconds);
    if (to - from < 60) return s < 60 ? s.toFixed(1) + " s" : Math.floor(s / 60) + ":" + (s % 60).toFixed(1).padStart(4, "0");
    return Math.floor(s / 60) + ":" + String(Math.floor(s % 60)).padStart(2, "0");
  };
  const elapsed = s => s < 10 ? s.toFixed(1) + " s" : s < 60 ? Math.round(s) + " s" : Math.floor(s / 60) + " min " + String(Math.floor(s % 60)).padStart(2, "0") + " s";
  const nameOf = t => (data.roles[data.tasks[t][1]] ? data.roles[data.tasks[t][1]] + " : " : "") + data.tasks[t][0];
  const x = seconds => left + (seconds - from) / (to - from) * (width - left);
  const at = px => from + (px - left) / (width - left) * (to - from);

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["ink", "soft", "line", "track", "card", "select", "ok", "changed", "ignored", "failed", "skipped"]) colours[name] = style.getPropertyValue("--" + name).trim();
    colours.unreachable = colours.failed;
  }

  function resize() {
    ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    left = Math.min(150, Math.round(width * 0.28));
    canvas.style.height = axis + hosts * rowHeight + "px";
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round((axis + hosts * rowHeight) * ratio);
    draw();
  }

  // The first result of a node that ends after a moment; results of a node begin in order, and rarely overlap.
  function seek(h, seconds) {
    let low = first[h], high = first[h + 1] ?? count;
    while (low < high) { const middle = (low + high) >> 1; if (start[middle] < seconds) low = middle + 1; else high = middle; }
    while (low > first[h] && start[low - 1] + length[low - 1] > seconds) low--;
    return Math.max(first[h], low - 1);
  }

  function draw() {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = colours.card;
    pen.fillRect(0, 0, width, axis + hosts * rowHeight);
    drawAxis();
    for (let h = 0; h < hosts; h++) drawRow(h);
    if (drag && Math.abs(drag.to - drag.from) > 2) {
      pen.globalAlpha = 0.2; pen.fillStyle = colours.select;
      pen.fillRect(Math.min(drag.from, drag.to), axis, Math.abs(drag.to - drag.from), hosts * rowHeight);
      pen.globalAlpha = 1;
    }
    range.textContent = from === 0 && to === whole ? "0:00 to " + time(whole) : time(from) + " to " + time(to);
  }

  function drawAxis() {
    pen.font = "12px system-ui, sans-serif"; pen.textBaseline = "middle";
    data.plays.forEach(([name, begin, end], index) => {
      if (end <= from || begin >= to) return;
      const a = Math.max(left, x(begin)), b = Math.min(width, x(end));
      pen.fillStyle = index % 2 ? colours.track : colours.line;
      pen.fillRect(a, 0, Math.max(1, b - a), 18);
      if (b - a > 40) text(name, a + 5, 9.5, b - a - 8, colours.ink);
    });
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
    const step = steps.find(s => s / (to - from) * (width - left) >= 64) ?? 28800;
    for (let s = Math.ceil(from / step) * step; s <= to; s += step) {
      const px = x(s);
      pen.fillStyle = colours.line; pen.fillRect(px, 20, 1, axis - 20 + hosts * rowHeight);
      if (px < width - 34) text(time(s), px + 4, 29, 60, colours.soft);
    }
  }

  function text(words, px, py, room, colour) {
    pen.fillStyle = colour;
    if (pen.measureText(words).width > room) {
      let end = Math.max(1, Math.floor(words.length * room / pen.measureText(words).width) - 1);
      words = words.slice(0, end) + "…";
    }
    pen.fillText(words, px, py);
  }

  function drawRow(h) {
    const top = axis + h * rowHeight, height = rowHeight - (rowHeight > 14 ? 4 : 2), end = first[h + 1] ?? count;
    pen.font = Math.min(13, rowHeight - 1) + "px system-ui, sans-serif"; pen.textBaseline = "middle";
    text(data.hosts[h], 2, top + height / 2 + 0.5, left - 10, h === chosenHost && chosen >= 0 ? colours.select : colours.ink);
    pen.fillStyle = colours.track;
    pen.fillRect(left, top, width - left, height);
    // Where several fall on one pixel, the worst of them shows.
    let pixel = -1, worst = -1, until = 0;
    const flush = () => { if (worst >= 0) { pen.fillStyle = colours[statuses[worst]]; pen.fillRect(pixel, top, Math.max(1, until - pixel), height); } worst = -1; };
    for (let i = seek(h, from); i < end && start[i] < to; i++) {
      const a = Math.max(left, Math.floor(x(start[i]))), b = Math.min(width, x(start[i] + length[i]));
      if (b < left) continue;
      if (a <= pixel && b - a < 2) { if (status[i] > worst) worst = status[i]; until = Math.max(until, b); continue; }
      flush();
      pixel = a; worst = status[i]; until = b;
      if (b - a > 3) { pen.fillStyle = colours[statuses[worst]]; pen.fillRect(a, top, b - a - 0.6, height); worst = -1; }
    }
    flush();
    if (chosen >= 0 && host[chosen] === h) {
      pen.strokeStyle = colours.ink; pen.lineWidth = 2;
      pen.strokeRect(x(start[chosen]) - 1, top - 1, Math.max(3, x(start[chosen] + length[chosen]) - x(start[chosen])) + 2, height + 2);
    }
  }

  function zoom(factor, around = chosen >= 0 ? start[chosen] : (from + to) / 2) {
    const span = Math.min(whole, Math.max(0.2, (to - from) * factor));
    const part = (around - from) / (to - from);
    show(around - span * Math.min(1, Math.max(0, part)), span);
  }
  function show(begin, span) {
    from = Math.max(0, Math.min(whole - span, begin));
    to = Math.min(whole, from + span);
    draw();
  }
  function choose(i) {
    chosen = i;
    chosenHost = host[i];
    const t = task[i];
    now.textContent = data.hosts[host[i]] + ": " + nameOf(t) + ", " + words[status[i]] + " after " + elapsed(length[i]) + ", at " + time(start[i]) + " in " + (data.plays[data.tasks[t][2]]?.[0] || "its play");
    if (start[i] < from || start[i] > to) show(start[i] - (to - from) / 2, to - from); else draw();
  }
  function nearest(h, seconds) {
    const end = first[h + 1] ?? count;
    if (first[h] === end) return -1;
    let best = -1, distance = Infinity;
    for (let i = seek(h, seconds); i < end && start[i] <= seconds + distance; i++) {
      const d = seconds < start[i] ? start[i] - seconds : Math.max(0, seconds - start[i] - length[i]);
      if (d < distance || (d === distance && status[i] > status[best])) { distance = d; best = i; }
    }
    return best;
  }

  const actions = { in: () => zoom(0.5), out: () => zoom(2), left: () => show(from - (to - from) / 3, to - from), right: () => show(from + (to - from) / 3, to - from), all: () => show(0, whole) };
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => actions[button.dataset.do]());

  canvas.addEventListener("keydown", event => {
    const end = first[chosenHost + 1] ?? count;
    const move = {
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": actions.all, Home: actions.all,
      ArrowRight: () => { const i = chosen < 0 ? first[chosenHost] : chosen + 1; if (i < end) choose(i); },
      ArrowLeft: () => { if (chosen > first[chosenHost]) choose(chosen - 1); },
      ArrowDown: () => step(1), ArrowUp: () => step(-1),
      Escape: () => { chosen = -1; now.textContent = ""; draw(); },
    }[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });
  function step(by) {
    const seconds = chosen >= 0 ? start[chosen] : from;
    for (let h = chosenHost + (chosen < 0 ? 0 : by); h >= 0 && h < hosts; h += by) {
      const i = nearest(h, seconds);
      if (i >= 0) { choose(i); return; }
    }
  }
  const place = event => { const box = canvas.getBoundingClientRect(); return { x: event.clientX - box.left, h: Math.floor((event.clientY - box.top - axis) / rowHeight) }; };
  canvas.addEventListener("pointerdown", event => { const p = place(event); if (p.x > left) drag = { from: p.x, to: p.x }; });
  canvas.addEventListener("pointermove", event => {
    const p = place(event);
    if (drag) { drag.to = Math.max(left, p.x); draw(); return; }
    if (p.x <= left || p.h < 0 || p.h >= hosts) return;
    const i = nearest(p.h, at(p.x));
    if (i >= 0 && i !== chosen) choose(i);
  });
  addEventListener("pointerup", () => {
    if (!drag) return;
    const a = Math.min(drag.from, drag.to), b = Math.max(drag.from, drag.to);
    drag = null;
    if (b - a > 6) { const begin = at(a), end = at(b); show(begin, Math.max(0.2, end - begin)); } else draw();
  });
  canvas.addEventListener("wheel", event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.4 : 0.7, at(place(event).x));
  }, { passive: false });

  // The list of all tasks on all nodes: made when it is opened, and of it as much as is looked at.
  const all = $(".all-tasks"), form = $(".filter"), body = $("tbody", all), more = $(".more"), found = $(".found");
  let matches = [], shown = 0;
  function fill() {
    const wanted = form.elements.text.value.trim().toLowerCase(), onHost = form.elements.host.value, withStatus = form.elements.status.value;
    const hit = data.tasks.map((_, t) => wanted === "" || nameOf(t).toLowerCase().includes(wanted));
    matches = [];
    for (let i = 0; i < count; i++)
      if (hit[task[i]] && (onHost === "" || host[i] === +onHost) && (withStatus === "" || status[i] === +withStatus)) matches.push(i);
    matches.sort((a, b) => start[a] - start[b]);
    found.textContent = matches.length.toLocaleString("en") + " of " + count.toLocaleString("en");
    body.replaceChildren();
    shown = 0;
    extend();
  }
  function extend() {
    for (const i of matches.slice(shown, shown + 100)) {
      const row = document.createElement("tr");
      for (const [value, kind] of [[nameOf(task[i])], [data.hosts[host[i]]], [words[status[i]], status[i] > 3 ? "bad" : ""], [time(start[i]), "num"], [elapsed(length[i]), "num"]]) {
        const cell = row.insertCell();
        cell.textContent = value;
        if (kind) cell.className = kind;
      }
      body.append(row);
    }
    shown += 100;
    more.hidden = shown >= matches.length;
  }
  const option = (select, value, words) => { const each = document.createElement("option"); each.value = value; each.textContent = words; select.append(each); };
  all.addEventListener("toggle", () => {
    if (!all.open || form.elements.host.options.length > 1) return;
    data.hosts.forEach((name, h) => option(form.elements.host, h, name));
    words.forEach((name, s) => option(form.elements.status, s, name));
    fill();
  });
  form.addEventListener("input", fill);
  form.addEventListener("submit", event => event.preventDefault());
  more.addEventListener("click", extend);

  $(".drawing").hidden = true;
  $(".tools").hidden = canvas.hidden = now.hidden = all.hidden = false;
  readColours();
  new ResizeObserver(() => { if (canvas.clientWidth !== width) resize(); }).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); draw(); });
  resize();
  // What went wrong is what people look for first.
  const broken = status.findIndex(value => value > 3);
  if (broken >= 0) choose(broken);
})();
