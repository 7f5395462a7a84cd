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
  near: {tilt: [-0.01, 0, 0.01]}
  nearer: {tilt: [-0.001, 0, 0.001]}
  balanced: {p0: 0.5}
studies:
  scaling:
    model: zz
    states: [tilted, fan]
    particles: {start: 10, stop: 1000, num: 20, spacing: log}
    times: [0.25, 0.5]
    power_law: {quantities: [linear_entropy]}
  detuning: {model: detuned, states: [tilted], particles: [10], times: [0, 1]}
  near_100: {model: zz, states: [near, tilted], particles: [100], times: [0.8]}
  near_1000: {model: zz, states: [nearer], particles: [1000], times: [0.8]}
  critical: {model: zz, states: [balanced], particles: [10, 100], times: [0.5]}
claims: []
figures:
  landscape: {kind: rate_function, study: scaling, state: tilted}
  curves: {kind: against_time, study: scaling, quantity: linear_entropy, limit: true, mark_times: [0.5]}
  tails: {kind: against_particles, study: scaling, quantity: linear_entropy, fits: true, legend: upper right}
  laws: {kind: against_particles, study: scaling, quantity: linear_entropy, states: [tilted], law: leading}
  critical_law: {kind: against_particles, study: critical, quantity: linear_entropy, law: critical}
  plane: {kind: map, study: scaling, state: fan, quantity: linear_entropy, particles: 10, scale: log, floor: 1e-8}
  limit_plane: {kind: map, study: scaling, state: fan, quantity: hartree_infidelity, limit: true, mark_mixed: true}
  collapse: {kind: collapse, studies: [near_100, near_1000], states: [near, nearer], quantity: linear_entropy}
""")
