"""A small valid configuration that tests change."""

import yaml

VALID = yaml.safe_load("""
name: small
models:
  zz: {two_body: {ZZ: 1j}}
  detuned: {one_body: {Z: 0.5}, two_body: {ZZ: 1j}}
states:
  tilted: {p0: 0.6}
  general: {amplitudes: [0.6, 0.8j]}
  fan: {p0: {start: 0.1, stop: 0.9, num: 5}}
studies:
  scaling:
    model: zz
    states: [tilted, fan]
    particles: {start: 10, stop: 1000, num: 20, spacing: log}
    times: [0.25, 0.5]
    power_law: {quantities: [linear_entropy]}
  detuning: {model: detuned, states: [tilted], particles: [10], times: [0, 1]}
claims: []
figures:
  landscape: {kind: rate_function, study: scaling, state: tilted}
  curves: {kind: against_time, study: scaling, quantity: linear_entropy, limit: true, mark_times: [0.5]}
  tails: {kind: against_particles, study: scaling, quantity: linear_entropy, fits: true, legend: upper right}
""")
