"use strict";
// The paper's model: A1 = 0, A2 = i Z⊗Z, start φ = (√p0, √(1 − p0)). All components stay real, so that the Bloch vectors
// have r_y = 0. A start with p0 < ½ is computed as its mirror image with 1 − p0, so that everywhere below h ≥ 0.

const THRESHOLD = 1e-3; // the infidelity that counts as failure
const NEGLIGIBLE = 1e-18; // squares of rounding errors

/** h = artanh(p0 − p1), without cancellation for any double p0. */
function tiltOfPopulation(p0) {
  return 0.25 <= p0 && p0 <= 0.75 ? Math.atanh(2 * p0 - 1) : (Math.log(p0) - Math.log1p(-p0)) / 2;
}

/** b of eq. (21): sinh b = e^{2t} sinh h. */
function hartreeField(h, t) {
  const exponent = h + Math.log(-Math.expm1(-2 * h) / 2) + 2 * t;
  return exponent < 20 ? Math.asinh(Math.exp(exponent)) : exponent + Math.LN2;
}

/** The largest a with a = h + 2t tanh a: the limit, eq. (40) and (45). Newton from above, where the function is convex. */
function limitField(h, t) {
  if (h === 0 && t <= 0.5) return 0;
  let a = h + 2 * t;
  for (let step = 0; step < 200; step++) {
    const y = Math.tanh(a);
    const next = a - (a - h - 2 * t * y) / (1 - 2 * t * (1 - y * y));
    if (!(next < a)) break;
    a = next;
  }
  return a;
}

/** A pure state with r_z = tanh a, and the mixture of it with its mirror image in equal parts. */
function pureState(field) {
  return { x: 1 / Math.cosh(field), z: Math.tanh(field), entropy: 0 };
}

function limitState(h, t) {
  const state = pureState(limitField(h, t));
  return h === 0 && t > 0.5 ? { x: state.x, z: 0, entropy: state.z ** 2 / 2 } : state;
}

/**
 * The sum of eq. (19). With M = N − 1, d = 2s − M and a = h + 2t d/M the weights are G ∝ C(M, s) e^{h d + t d²/M}.
 * Their logarithm is followed from the peak with d ≥ 0, where it is set to zero, by its exact differences; the site −d has
 * the weight e^{−2hd} G. Calls visit(d, G) for every site that can change a result.
 */
function visitSites(h, t, N, visit) {
  const M = N - 1;
  const lowest = M % 2; // d has the parity of M
  const up = (d) => Math.log((M - d) / (M + d + 2)) + 2 * h + (4 * t * (d + 1)) / M; // ln G(d + 2) − ln G(d)
  const y = Math.tanh(limitField(h, t));
  const peak = Math.min(M, Math.max(lowest, 2 * Math.round((M * (1 + y)) / 2) - M));
  const depth = 120 + 8 * t + 2 * h + 2 * Math.log(M);
  const both = (d, logWeight) => {
    visit(d, Math.exp(logWeight));
    if (d > 0) visit(-d, Math.exp(logWeight - 2 * h * d));
  };
  both(peak, 0);
  for (let d = peak, logWeight = 0; d < M; d += 2) {
    logWeight += up(d);
    if (logWeight < -depth && d - peak > 128) break;
    both(d + 2, logWeight);
  }
  for (let d = peak - 2, logWeight = 0; d >= lowest; d -= 2) {
    logWeight -= up(d);
    if (logWeight < -depth && peak - d > 128) break;
    both(d, logWeight);
  }
}

/**
 * Exact one-particle state of N particles, and its infidelity (12) to Hartree and (47) to the limit.
 * Nothing is subtracted: S_L = 2 (Σ G sinh² u)(Σ G cosh² u)/(Σ G cosh a)² for the origin of u = t d/M with Σ G sinh 2u = 0.
 */
function exactState(h, t, N) {
  const M = N - 1;
  const sites = [];
  const weights = [];
  visitSites(h, t, N, (d, weight) => {
    if (weight > 0) {
      sites.push(d);
      weights.push(weight);
    }
  });
  const origin = sites[0];
  let sine = 0;
  let cosine = 0;
  for (let i = 0; i < sites.length; i++) {
    const u = (t * (sites[i] - origin)) / M;
    sine += weights[i] * Math.sinh(2 * u);
    cosine += weights[i] * Math.cosh(2 * u);
  }
  const centre = Math.atanh(sine / cosine) / 2;
  const b = hartreeField(h, t);
  const field = limitField(h, t);
  const atOrigin = h + (2 * t * origin) / M;
  let [trace, weight, tilted, odd, toHartree, toLimit] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < sites.length; i++) {
    const G = weights[i];
    const step = (t * (sites[i] - origin)) / M;
    const a = atOrigin + 2 * step;
    weight += G;
    trace += G * Math.cosh(a);
    tilted += G * Math.sinh(a);
    odd += G * Math.sinh(step - centre) ** 2;
    toHartree += G * Math.sinh((a - b) / 2) ** 2;
    toLimit += G * Math.sinh((a - field) / 2) ** 2;
  }
  const state = { x: weight / trace, z: tilted / trace, entropy: (2 * odd * (odd + weight)) / trace ** 2 };
  if (h === 0) state.z = 0;
  const limit = limitState(h, t);
  const isMixed = limit.entropy > 0;
  state.hartreeInfidelity = toHartree / (Math.cosh(b) * trace);
  state.limitInfidelity = isMixed ? infidelity(state, limit) : toLimit / (Math.cosh(field) * trace);
  return state;
}

/** 1 − F of two qubit states of known S_L, eq. (47) and (48): ¼ [|δ|² + (√2S − √2S')²]. */
function infidelity(first, second) {
  const gap = Math.sqrt(2 * first.entropy) - Math.sqrt(2 * second.entropy);
  return ((first.x - second.x) ** 2 + (first.z - second.z) ** 2 + gap ** 2) / 4;
}

/** Infidelity of Hartree to the limit N → ∞, eq. (12). */
function limitOfHartreeInfidelity(h, t) {
  const b = hartreeField(h, t);
  if (h === 0) return Math.sinh(limitField(0, t) / 2) ** 2 / Math.cosh(limitField(0, t));
  const a = limitField(h, t);
  return Math.sinh((a - b) / 2) ** 2 / (Math.cosh(a) * Math.cosh(b));
}

/** All states at one time for a start p0 in [0, 1]; Bloch vectors with the sign of p0 − ½ put back. */
function statesAt(p0, t, N) {
  if (p0 === 0 || p0 === 1) {
    const pole = { x: 0, z: 2 * p0 - 1, entropy: 0 };
    return { exact: { ...pole, hartreeInfidelity: 0, limitInfidelity: 0 }, hartree: pole, limit: pole, infidelity: 0 };
  }
  const tilt = tiltOfPopulation(p0);
  const h = Math.abs(tilt);
  const mirror = (state) => (tilt < 0 ? { ...state, z: -state.z } : state);
  return {
    exact: mirror(exactState(h, t, N)),
    hartree: mirror(pureState(hartreeField(h, t))),
    limit: mirror(limitState(h, t)),
    infidelity: limitOfHartreeInfidelity(h, t),
  };
}

/** The verdict over all times from 0 to `last`: as Python's `assess_hartree`, from the closed forms. */
function assess(p0, last) {
  const h = p0 === 0 || p0 === 1 ? Infinity : Math.abs(tiltOfPopulation(p0));
  const of = (t) => (h === Infinity ? 0 : limitOfHartreeInfidelity(h, t));
  const count = 2000;
  const times = Array.from({ length: count + 1 }, (_, i) => (last * i) / count);
  const values = times.map(of);
  const top = values.indexOf(Math.max(...values));
  const largestTime = refineLargest(of, times[Math.max(0, top - 1)], times[Math.min(count, top + 1)]);
  const intervals = [];
  let start = null;
  for (let i = 1; i <= count; i++) {
    if (values[i] > THRESHOLD && values[i - 1] <= THRESHOLD) start = crossing(of, times[i - 1], times[i]);
    if (values[i] <= THRESHOLD && values[i - 1] > THRESHOLD) {
      intervals.push([start, crossing(of, times[i - 1], times[i])]);
      start = null;
    }
  }
  if (start !== null) intervals.push([start, last]);
  const judgement = intervals.length ? "fails" : "holds";
  const splitsAt = h === 0 && last > 0.5 ? 0.5 : null;
  return { judgement, intervals, largest: of(largestTime), largestTime, last, splitsAt };
}

function crossing(of, low, high) {
  const above = of(high) > THRESHOLD;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (of(middle) > THRESHOLD === above) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** Where a function of one maximum between two times is largest, to (2/3)^steps of their distance. */
function refineLargest(of, low, high, steps = 80) {
  for (let i = 0; i < steps; i++) {
    const [left, right] = [(2 * low + high) / 3, (low + 2 * high) / 3];
    if (of(left) < of(right)) low = left;
    else high = right;
  }
  const found = (low + high) / 2;
  return of(high) >= of(found) ? high : found;
}

/** `digits` significant digits as Python's format "g" shows them. */
function show(value, digits = 4) {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (exponent >= -4 && exponent < digits) return String(Number(value.toPrecision(digits)));
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  return `${Number(mantissa)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

/** The judgement in the words of the package. */
function describeVerdict(verdict) {
  const last = show(verdict.last);
  const largest =
    verdict.largest > NEGLIGIBLE
      ? `at most ${show(verdict.largest, 3)} at t = ${show(verdict.largestTime, 3)}`
      : "zero to rounding";
  if (verdict.judgement === "holds") return `infidelity below 0.001 at all times up to t = ${last}, ${largest}`;
  const spans = verdict.intervals.map(
    ([start, stop]) => `${show(start)} < t ${stop >= verdict.last ? "≤" : "<"} ${show(stop)}`,
  );
  return `infidelity above 0.001 for ${spans.join(" and ")}, ${largest}`;
}
