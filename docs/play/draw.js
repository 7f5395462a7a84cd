"use strict";
// Figures as SVG: curves against time, the Bloch sphere, and the map of dimers.

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** Put a caption with a legend, and an SVG that says in words what it shows, into a figure. */
function startFigure(figure, title, legend, says, width, height) {
  const caption = document.createElement("figcaption");
  caption.append(title);
  const entries = document.createElement("small");
  for (const { style, label } of legend) {
    const line = element("svg", { width: 34, height: 10, viewBox: "0 0 34 10", "aria-hidden": "true" });
    line.append(element("path", { d: "M0 5H34", class: `curve ${style}` }));
    const entry = document.createElement("span");
    entry.append(line, label);
    entries.append(entry, " ");
  }
  caption.append(entries);
  const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": says });
  figure.replaceChildren(caption, svg);
  return svg;
}

/** A round step with which an interval has at most `most` ticks. */
function tickStep(span, most) {
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw * 0.999);
}

/** Curves [{style, label, values}] against times; null and NaN are gaps. */
function drawCurves(figure, { title, says, times, curves, range, now }) {
  const [width, height, left, right, top, bottom] = [480, 270, 58, 10, 8, 34];
  const svg = startFigure(figure, title, curves, says, width, height);
  const [low, high] = range;
  const last = times[times.length - 1];
  const x = (t) => left + ((width - left - right) * t) / last;
  const y = (value) => top + ((height - top - bottom) * (high - value)) / (high - low);
  const xStep = tickStep(last, 6);
  for (let i = 0; i * xStep <= last * 1.0001; i++) {
    svg.append(element("path", { class: "grid", d: `M${x(i * xStep)} ${top}V${height - bottom}` }));
    const place = { x: x(i * xStep), y: height - bottom + 15, "text-anchor": "middle" };
    svg.append(element("text", place, show(i * xStep)));
  }
  const yStep = tickStep(high - low, 5);
  for (let i = Math.ceil(low / yStep - 1e-9); i * yStep <= high + 1e-9 * yStep; i++) {
    svg.append(element("path", { class: "grid", d: `M${left} ${y(i * yStep)}H${width - right}` }));
    const place = { x: left - 6, y: y(i * yStep) + 4, "text-anchor": "end" };
    svg.append(element("text", place, show(i * yStep).replace("-", "−")));
  }
  svg.append(element("text", { x: (left + width) / 2, y: height - 3, "text-anchor": "middle" }, "time t"));
  svg.append(element("path", { class: "marker", d: `M${x(now)} ${top}V${height - bottom}` }));
  for (const { style, values } of curves) {
    const path = values.map((value, i) => (Number.isFinite(value) ? [x(times[i]), y(value)] : null));
    svg.append(element("path", { class: `curve ${style}`, d: joinPoints(path) }));
  }
  const frame = { class: "frame", x: left, y: top, width: width - left - right, height: height - top - bottom };
  svg.append(element("rect", frame));
}

/** Path through points; null is a gap. */
function joinPoints(points) {
  let path = "";
  points.forEach((point, i) => {
    if (point) path += `${i > 0 && points[i - 1] ? "L" : "M"}${point[0].toFixed(2)} ${point[1].toFixed(2)}`;
  });
  return path;
}

/** The Bloch sphere with a track [[x, y, z] or null, …] for each state, and a dot where it is now. */
function drawSphere(figure, { title, says, tracks }) {
  const [size, radius] = [320, 125];
  const svg = startFigure(figure, title, tracks, says, size + 160, size - 30);
  const [turn, raise] = [0.45, 0.3];
  const place = ([rx, ry, rz]) => {
    const depth = Math.cos(turn) * ry - Math.sin(turn) * rx;
    const across = Math.cos(turn) * rx + Math.sin(turn) * ry;
    return [size / 2 + 80 + radius * across, size / 2 - 15 - radius * (Math.cos(raise) * rz + Math.sin(raise) * depth)];
  };
  const circle = (of) => Array.from({ length: 73 }, (_, i) => place(of((Math.PI * i) / 36)));
  const [middle] = [place([0, 0, 0])];
  svg.append(element("circle", { class: "frame", cx: middle[0], cy: middle[1], r: radius }));
  const circles = [(v) => [Math.cos(v), Math.sin(v), 0], (v) => [Math.cos(v), 0, Math.sin(v)]];
  for (const of of circles) svg.append(element("path", { class: "grid", fill: "none", d: joinPoints(circle(of)) }));
  const axes = [["|0⟩", [0, 0, 1]], ["|1⟩", [0, 0, -1]], ["x", [1, 0, 0]], ["y", [0, 1, 0]]];
  for (const [name, end] of axes) {
    svg.append(element("path", { class: "grid", d: joinPoints([middle, place(end)]) }));
    const [px, py] = place(end.map((component) => 1.12 * component));
    svg.append(element("text", { x: px, y: py + 4, "text-anchor": "middle" }, name));
  }
  for (const { style, points } of tracks) {
    const path = joinPoints(points.map((point) => point && place(point)));
    svg.append(element("path", { class: `curve ${style}`, d: path }));
  }
  for (const { style, now, size: dot } of tracks) {
    if (!now) continue;
    const [cx, cy] = place(now);
    svg.append(element("circle", { class: `dot ${style}`, cx, cy, r: dot }));
  }
}

// A few colours of viridis, as the figures use it.
const VIRIDIS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

function viridis(share) {
  const position = Math.min(0.9999, Math.max(0, share)) * (VIRIDIS.length - 1);
  const [from, to] = [VIRIDIS[Math.floor(position)], VIRIDIS[Math.floor(position) + 1]];
  return from.map((channel, i) => Math.round(channel + (to[i] - channel) * (position % 1)));
}

/** Largest infidelity of each dimer as a colour, light for `lightest`, its judgement as a sign; a click on a cell chooses it. */
function drawMap(figure, { title, says, columns, rows, members, lightest, chosen, choose }) {
  const [width, height, left, right, top, bottom] = [480, 300, 46, 10, 8, 36];
  const svg = startFigure(figure, title, [], says, width, height);
  const [cellWidth, cellHeight] = [(width - left - right) / columns.length, (height - top - bottom) / rows.length];
  const signs = { holds: "✓", fails: "✗", unknown: "?" };
  members.forEach(({ judgement, largest }, index) => {
    const [column, row] = [Math.floor(index / rows.length), index % rows.length];
    const corner = [left + column * cellWidth, height - bottom - (row + 1) * cellHeight];
    const colour = largest === null ? [128, 128, 128] : viridis(largest / lightest);
    const box = { x: corner[0], y: corner[1], width: cellWidth, height: cellHeight };
    const cell = element("rect", { ...box, class: "cell", fill: `rgb(${colour})` });
    cell.append(element("title", {}, `γ = ${columns[column]}, u = ${rows[row]}: ${judgement}, largest infidelity ${largest}`));
    cell.addEventListener("click", () => choose(column, row));
    const middle = { x: corner[0] + cellWidth / 2, y: corner[1] + cellHeight / 2 + 4, "text-anchor": "middle" };
    const sign = element("text", { ...middle, "pointer-events": "none" }, signs[judgement]);
    sign.style.fill = largest !== null && largest > 0.55 * lightest ? "#000" : "#fff";
    svg.append(cell, sign);
    if (index === chosen) svg.dataset.corner = corner.join(" ");
  });
  const [x, y] = svg.dataset.corner.split(" ");
  svg.append(element("rect", { class: "chosen", x, y, width: cellWidth, height: cellHeight }));
  columns.forEach((value, i) => {
    const place = { x: left + (i + 0.5) * cellWidth, y: height - bottom + 14, "text-anchor": "middle" };
    svg.append(element("text", place, String(value)));
  });
  rows.forEach((value, i) => {
    const place = { x: left - 6, y: height - bottom - (i + 0.5) * cellHeight + 4, "text-anchor": "end" };
    svg.append(element("text", place, String(value)));
  });
  svg.append(element("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, "loss γ"));
  const side = { x: 12, y: (height - bottom) / 2, "text-anchor": "middle" };
  svg.append(element("text", { ...side, transform: `rotate(-90 12 ${side.y})` }, "interaction u"));
}
