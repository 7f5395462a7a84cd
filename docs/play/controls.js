"use strict";
// The sliders, and what they change.

const DIMERS = JSON.parse(document.getElementById("map").textContent);
const LAST_TIME = 3; // of the paper's model
const COUNTS = [2, 3, 5].concat([1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)), [10 ** 6]);
const GAPS = "–";

/** Where in an ascending list a value belongs. */
function nearest(list, value) {
  return list.reduce((best, item, i) => (Math.abs(item - value) < Math.abs(list[best] - value) ? i : best), 0);
}

// A slider of a list moves over its places; one with a step over numbers. `free` numbers may be typed as well.
const SLIDERS = {
  paper: [
    { name: "p0", label: "p0 = |φ0|², population of |0⟩ at the start", min: 0, max: 1, step: 0.001, start: 0.6, free: true },
    { name: "t", label: "time t of the numbers and the sphere", min: 0, max: LAST_TIME, step: 0.005, start: 0.75, free: true },
    { name: "N", label: "N, number of particles", list: COUNTS, start: 100, free: true, whole: true },
  ],
  dimer: [
    { name: "gamma", label: "loss γ", list: DIMERS.gamma, start: DIMERS.gamma[4] },
    { name: "u", label: "interaction u", list: DIMERS.u, start: DIMERS.u[4] },
    { name: "time", label: "time t of the numbers and the sphere", list: DIMERS.times, start: DIMERS.times[7] },
  ],
};
const chosen = Object.fromEntries(Object.values(SLIDERS).flat().map(({ name, start }) => [name, start]));
let scheduled = false;
let curves = {}; // of the paper's model, kept while only t moves

function makeSlider({ name, label, min, max, step, list, free, whole }) {
  const box = document.createElement("div");
  box.className = "slider";
  const text = Object.assign(document.createElement("label"), { textContent: label, htmlFor: name });
  const range = Object.assign(document.createElement("input"), { type: "range", id: name });
  Object.assign(range, list ? { min: 0, max: list.length - 1, step: 1 } : { min, max, step });
  const number = document.createElement(free ? "input" : "output");
  if (free) {
    const bounds = list ? { min: list[0], max: list[list.length - 1] } : { min, max };
    Object.assign(number, { type: "number", ...bounds, step: whole ? 1 : "any", inputMode: "decimal" });
    number.setAttribute("aria-label", `${label}, typed`);
    number.addEventListener("input", () => {
      if (!number.validity.valid || number.value === "") return;
      chosen[name] = Number(number.value);
      place();
      schedule();
    });
  }
  const place = () => {
    range.value = list ? nearest(list, chosen[name]) : chosen[name];
    range.setAttribute("aria-valuetext", String(chosen[name]));
  };
  range.addEventListener("input", () => {
    chosen[name] = list ? list[range.value] : Number(range.value);
    number.value = String(chosen[name]);
    place();
    schedule();
  });
  place();
  number.value = String(chosen[name]);
  box.append(text, range, number);
  return box;
}

function showKind() {
  const kind = document.querySelector("input[name=kind]:checked").value;
  document.getElementById("sliders").replaceChildren(...SLIDERS[kind].map(makeSlider));
  document.getElementById("map_of_dimers").hidden = kind !== "dimer";
  schedule();
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    const isPaper = document.querySelector("input[name=kind]:checked").value === "paper";
    (isPaper ? showPaper : showDimer)();
  });
}

/** States at 151 times, and the largest infidelities over all times: a peak may be narrower than the points are apart. */
function computeCurves(p0, N) {
  const count = 150;
  const times = Array.from({ length: count + 1 }, (_, i) => (LAST_TIME * i) / count);
  const states = times.map((time) => statesAt(p0, time, N));
  const largestOf = (name) => {
    const values = states.map(({ exact }) => exact[name]);
    const top = values.indexOf(Math.max(...values));
    const of = (time) => statesAt(p0, time, N).exact[name];
    const found = refineLargest(of, times[Math.max(0, top - 1)], times[Math.min(count, top + 1)], 20);
    return Math.max(values[top], of(found));
  };
  const largest = Object.fromEntries(["hartreeInfidelity", "limitInfidelity"].map((name) => [name, largestOf(name)]));
  return { p0, N, times, states, largest };
}

function showPaper() {
  const { p0, t, N } = chosen;
  if (curves.p0 !== p0 || curves.N !== N) curves = computeCurves(p0, N);
  const { times, states, largest } = curves;
  const now = statesAt(p0, t, N);
  const verdict = assess(p0, LAST_TIME);
  const parts = [
    describeVerdict(verdict),
    `at N = ${N} Hartree is off by up to ${show(largest.hartreeInfidelity, 3)}, the limit by up to ${show(largest.limitInfidelity, 3)}`,
  ];
  if (verdict.splitsAt !== null) parts.push("splitting of the limit at t = 0.5");
  showVerdict(verdict.judgement, `from p0 = ${p0}: ${parts.join("; ")}; the limit has a closed form.`);
  const vector = ({ x, z }) => [x, 0, z];
  showCurves({
    times,
    t,
    infidelity: [
      { style: "limit", label: "Hartree to the limit", values: states.map((s) => s.infidelity) },
      { style: "exact", label: `Hartree to exact, N = ${N}`, values: states.map((s) => s.exact.hartreeInfidelity) },
      { style: "exact second", label: "limit to exact", values: states.map((s) => s.exact.limitInfidelity) },
    ],
    entropy: [
      { style: "exact", label: `exact, N = ${N}`, values: states.map((s) => s.exact.entropy) },
      { style: "limit", label: "limit", values: states.map((s) => s.limit.entropy) },
    ],
    tracks: ["exact", "hartree", "limit"].map((name) => ({
      style: name,
      label: { exact: `exact, N = ${N}`, hartree: "Hartree", limit: "limit" }[name],
      points: states.map((s) => vector(s[name])),
      now: vector(now[name]),
    })),
  });
  const { exact, hartree, limit } = now;
  showNumbers([
    [`exact, N = ${N}`, ...vector(exact), exact.entropy, exact.hartreeInfidelity, exact.limitInfidelity],
    ["limit N → ∞", ...vector(limit), limit.entropy, now.infidelity, 0],
    ["Hartree", ...vector(hartree), 0, 0, now.infidelity],
  ]);
}

function showDimer() {
  const [column, row] = [nearest(DIMERS.gamma, chosen.gamma), nearest(DIMERS.u, chosen.u)];
  const index = column * DIMERS.u.length + row;
  const member = DIMERS.members[index];
  const moment = nearest(DIMERS.times, chosen.time);
  const scale = (vectors) => vectors.map((vector) => vector && vector.map((c) => c / DIMERS.bloch_unit));
  const [hartree, limit] = [scale(member.hartree), scale(member.limit)];
  const sentence = member.sentence.replace(/^\S+\s+/, "");
  showVerdict(member.judgement, `γ = ${chosen.gamma}, u = ${chosen.u}, from |0⟩: ${sentence}.`);
  showCurves({
    times: DIMERS.times,
    t: chosen.time,
    infidelity: [{ style: "limit", label: "Hartree to the limit", values: member.infidelity }],
    entropy: [{ style: "limit", label: "limit", values: member.entropy }],
    tracks: [
      { style: "hartree", label: "Hartree", points: hartree, now: hartree[moment] },
      { style: "limit", label: "limit", points: limit, now: limit[moment] },
    ],
  });
  const lightest = Math.max(...DIMERS.members.map(({ largest }) => largest ?? 0));
  drawMap(document.getElementById("map_of_dimers"), {
    title: `Largest infidelity, from 0 (dark) to ${show(lightest, 3)} (light): Hartree ✓ holds, ✗ fails, ? unknown`,
    lightest,
    says: `Map of ${DIMERS.gamma.length} values of the loss and ${DIMERS.u.length} of the interaction; chosen: ${member.judgement}`,
    columns: DIMERS.gamma,
    rows: DIMERS.u,
    members: DIMERS.members,
    chosen: index,
    choose: (i, j) => {
      Object.assign(chosen, { gamma: DIMERS.gamma[i], u: DIMERS.u[j] });
      showKind();
    },
  });
  const unknown = [null, null, null];
  showNumbers([
    ["limit N → ∞", ...(limit[moment] ?? unknown), member.entropy[moment], member.infidelity[moment], 0],
    ["Hartree", ...hartree[moment], 0, 0, member.infidelity[moment]],
  ]);
}

function showVerdict(judgement, sentence) {
  const box = document.getElementById("verdict");
  const sign = { holds: "✓", fails: "✗", unknown: "?" }[judgement];
  const badge = box.querySelector(".badge");
  badge.className = `badge ${judgement}`;
  badge.textContent = `${sign} ${judgement.toUpperCase()}`;
  box.querySelector(".sentence").textContent = sentence;
}

function showCurves({ times, t, infidelity, entropy, tracks }) {
  const draw = (id, title, curves, range) => {
    const says = `${title} against time: ${curves.map(({ label, values }) => describeCurve(label, values)).join("; ")}`;
    drawCurves(document.getElementById(id), { title, says, times, curves, range, now: t });
  };
  draw("infidelity", "Infidelity", infidelity, [0, roundUp(infidelity)]);
  draw("entropy", "Linear entropy of one particle", entropy, [0, roundUp(entropy)]);
  const heights = tracks.map((track) => ({ ...track, values: track.points.map((point) => (point ? point[2] : null)) }));
  draw("bloch_z", "r_z, population of |0⟩ less that of |1⟩", heights, [-1, 1]);
  drawSphere(document.getElementById("sphere"), {
    title: `Bloch vector, and where it is at t = ${t}`,
    says: `Bloch sphere at t = ${t}: ${tracks.map(({ label, now }) => `${label} at (${now ? now.map((c) => show(c, 3)) : GAPS})`).join("; ")}`,
    tracks: tracks.map((track, i) => ({ ...track, size: 4 + 2.5 * (tracks.length - i) })),
  });
}

function describeCurve(label, values) {
  return `${label}, largest ${show(Math.max(0, ...values.filter(Number.isFinite)), 3)}`;
}

/** A round upper end of an axis above all values; ½ where all of them are zero to rounding. */
function roundUp(curves) {
  const largest = Math.max(...curves.flatMap(({ values }) => values.filter(Number.isFinite)));
  if (!(largest > NEGLIGIBLE)) return 0.5;
  const step = tickStep(largest, 4);
  return step * Math.ceil((largest * 1.02) / step);
}

function showNumbers(rows) {
  const body = document.getElementById("numbers");
  body.replaceChildren(
    ...rows.map(([name, ...numbers]) => {
      const line = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
      line.append(head);
      for (const number of numbers) {
        const shown = number === null ? GAPS : show(number, 5).replace("-", "−");
        line.append(Object.assign(document.createElement("td"), { textContent: shown }));
      }
      return line;
    }),
  );
}

document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
for (const choice of document.querySelectorAll("input[name=kind]")) choice.addEventListener("change", showKind);
showKind();
