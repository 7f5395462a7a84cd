"""Malformed models and states on lattices: what is changed in a valid one, and what the message says."""

from __future__ import annotations

from math import nan

import numpy as np
import scipy.sparse as sp
import yaml

LATTICE = yaml.safe_load("""
name: lattice
models:
  chain:
    dimension: 12
    parameters: {gamma: [0.5, 1]}
    one_body:
      hopping: {amplitude: -1, shape: [3, 4], boundary: periodic}
      onsite: [{site: 5, value: {gamma: -0.5j}}]
      entries: [{to: 0, from: 7, value: 0.1}]
    two_body: {contact: 2, density: [{sites: [0, 1], value: 0.5}]}
  from_files:
    dimension: 3
    one_body: {file: one.npz, onsite: [0, 1, 2]}
    two_body: {file: two.npy}
states:
  flat: {uniform: true}
  corner: {site: 11}
  wave: {plane_wave: [1, -2]}
  packet: {gaussian: {center: [1, 2], width: [0.5, 1], momentum: [0, 0.3]}}
  filed: {file: phi.npy}
  scaled: {amplitudes: [3, 4j, 0], normalise: true}
studies:
  lattice: {model: chain, states: [flat, corner, wave, packet], times: [0, 1]}
  files: {model: from_files, states: [filed, scaled, flat], particles: [3], times: [0, 1]}
""")


def write_files(folder):
    """The files that the valid configuration names, and bad ones of each kind."""
    swapped = np.zeros((9, 9))
    swapped[1, 1] = 0.25  # |01⟩ alone, without |10⟩
    np.save(folder / "two.npy", np.diag(np.arange(3.0).repeat(3) + np.tile(np.arange(3.0), 3)))
    np.save(folder / "lopsided.npy", swapped)
    np.save(folder / "phi.npy", np.array([0.6, 0, 0.8j]))
    np.save(folder / "unnormalised.npy", np.array([0.6, 0, 0.9]))
    np.save(folder / "zero.npy", np.zeros(3))
    np.save(folder / "long.npy", np.full(4, 0.5))
    np.save(folder / "nan.npy", np.array([[0, nan, 0], [0, 0, 0], [0, 0, 0]]))
    np.save(folder / "pickled.npy", np.array([{"a": 1}] * 3), allow_pickle=True)
    np.save(folder / "words.npy", np.array(["a", "b", "c"]))
    (folder / "text.npy").write_text("0.6 0 0.8")
    (folder / "cut.npy").write_bytes((folder / "two.npy").read_bytes()[:200])
    (folder / "cut.npz").write_bytes(b"PK\x03\x04")
    sp.save_npz(folder / "one.npz", sp.csr_array(np.eye(3, k=1)))
    sp.save_npz(folder / "wide.npz", sp.csr_array(np.eye(4)))


CHAIN, FILES = ("models", "chain"), ("models", "from_files")
HOPPING, ONSITE = (*CHAIN, "one_body", "hopping"), (*CHAIN, "one_body", "onsite")

# (key path to change, new value, key path in the message, what it says was found, what it says is allowed)
MALFORMED_LATTICES = [
    (
        (*HOPPING, "boundary"),
        "closed",
        "models.chain.one_body.hopping.boundary",
        "'closed'",
        "'open' or 'periodic'",
    ),
    ((*HOPPING, "shape"), [4, 4], "models.chain.one_body.hopping.shape", "16 sites", "a product of 12"),
    ((*HOPPING, "shape"), [0, 12], "models.chain.one_body.hopping.shape", "a list", "whole numbers > 0"),
    (
        (*HOPPING, "shape"),
        [2, 6],
        "models.chain.one_body.hopping.shape",
        "[2, 6]",
        "at least 3 sites in each periodic",
    ),
    ((*HOPPING, "shape"), [], "models.chain.one_body.hopping.shape", "[]", "at least 1"),
    ((*HOPPING, "amplitude"), nan, "models.chain.one_body.hopping.amplitude", "nan", "finite number"),
    ((*HOPPING, "amplitude"), {"kappa": 1}, "models.chain.one_body.hopping.amplitude", "'kappa'", "parameters of"),
    (ONSITE, [{"site": 12, "value": {"gamma": 1}}], "models.chain.one_body.onsite", "site 12", "from 0 to 11"),
    (ONSITE, [{"site": -1, "value": {"gamma": 1}}], "models.chain.one_body.onsite", "site -1", "from 0 to 11"),
    (
        ONSITE,
        [{"site": 3, "value": {"gamma": 1}}] * 2,
        "models.chain.one_body.onsite",
        "site 3 twice",
        "each once",
    ),
    (ONSITE, [{"gamma": 1}, 2], "models.chain.one_body.onsite", "2 numbers", "a number, 12 numbers, or pairs"),
    ((*ONSITE, 0, "site"), 0.5, "models.chain.one_body.onsite[0].site", "0.5", "a whole number"),
    ((*ONSITE, 0, "where"), 5, "models.chain.one_body.onsite[0].where", "an unknown key", "site, value"),
    ((*CHAIN, "one_body", "entries", 0, "to"), 12, "models.chain.one_body.entries", "sites 12, 7", "from 0 to 11"),
    (
        (*CHAIN, "one_body", "hoping"),
        {},
        "models.chain.one_body.hoping",
        "an unknown key",
        "hopping, onsite, entries",
    ),
    ((*CHAIN, "two_body", "contact"), [1, 2], "models.chain.two_body.contact", "2 numbers", "12 numbers"),
    (
        (*CHAIN, "two_body", "density"),
        [{"sites": [0, 1], "value": 1}] * 2,
        "models.chain.two_body.density",
        "sites 0, 1 twice",
        "each once",
    ),
    (
        (*CHAIN, "two_body", "density", 0, "sites"),
        [0, 12],
        "models.chain.two_body.density",
        "sites 0, 12",
        "0 to 11",
    ),
    ((*FILES, "one_body", "file"), "no.npz", "models.from_files.one_body.file", "no file", "a file that is there"),
    ((*FILES, "one_body", "file"), 7, "models.from_files.one_body.file", "7", "a path of a file"),
    ((*FILES, "one_body", "file"), "wide.npz", "models.from_files.one_body.file", "shape (4, 4)", "shape (3, 3)"),
    (
        (*FILES, "one_body", "file"),
        "nan.npy",
        "models.from_files.one_body.file",
        "1 numbers that are not",
        "numbers",
    ),
    ((*FILES, "one_body", "file"), "cut.npz", "models.from_files.one_body.file", "no sparse array", "save_npz"),
    ((*FILES, "one_body", "file"), "cut.npy", "models.from_files.one_body.file", "damaged", "numpy.save"),
    ((*FILES, "one_body", "file"), "text.npy", "models.from_files.one_body.file", "no .npy or .npz", "numpy.save"),
    (
        (*FILES, "one_body", "file"),
        "words.npy",
        "models.from_files.one_body.file",
        "<U1 and no numbers",
        "numbers",
    ),
    ((*FILES, "one_body", "file"), "pickled.npy", "models.from_files.one_body.file", "pickled objects", "without"),
    (
        (*FILES, "one_body", "file"),
        {"path": "one.npz", "sha256": "0" * 64},
        "models.from_files.one_body.file",
        "other content",
        "the sha256 given",
    ),
    (
        (*FILES, "two_body", "file"),
        "lopsided.npy",
        "models.from_files.two_body",
        "differs from its mirror image by 0.25, most at ⟨0 1|A2|0 1⟩",
        "swapped",
    ),
    (("states", "filed", "file"), "unnormalised.npy", "studies.files.states[0]", "norm 1.08", "norm 1 to 1e-09"),
    (("states", "filed", "file"), "two.npy", "studies.files.states[0]", "shape (9, 9)", "a vector of d numbers"),
    (("states", "filed", "file"), "long.npy", "studies.files.states[0]", "dimension 4", "dimension 3"),
    (("states", "filed", "file"), "pickled.npy", "studies.files.states[0]", "pickled", "numpy.save"),
    (
        ("states", "filed"),
        {"file": "zero.npy", "normalise": True},
        "studies.files.states[0]",
        "norm 0",
        "not all zero",
    ),
    (("states", "filed", "file"), "gone.npy", "states.filed.file", "no file", "a file that is there"),
    (("states", "scaled", "normalise"), False, "states.scaled.amplitudes", "norm 5", "norm 1 to 1e-09"),
    (("states", "flat", "normalise"), True, "states.flat.normalise", "True", "beside amplitudes or file"),
    (("states", "flat", "phase"), 1, "states.flat.phase", "1.0", "a phase beside p0 or tilt only"),
    (("states", "flat", "site"), 1, "states.flat", "uniform and site", "exactly one of p0"),
    (("states", "flat", "uniform"), False, "states.flat.uniform", "False", "True"),
    (("states", "corner", "site"), 12, "studies.lattice.states[1]", "site of 'corner': site 12", "from 0 to 11"),
    (("states", "wave", "plane_wave"), [1], "studies.lattice.states[2]", "1 numbers", "one a direction"),
    (("states", "wave", "plane_wave"), [1, 0.5], "states.wave.plane_wave[1]", "0.5", "a whole number"),
    (("states", "packet", "gaussian", "width"), [1, 0], "studies.lattice.states[3]", "0.0", "numbers > 0"),
    (
        ("states", "packet", "gaussian", "center"),
        [1, 900],
        "studies.lattice.states[3]",
        "no site is near the center",
        "a center on the lattice",
    ),
    (
        ("studies", "lattice", "particles"),
        [100],
        "studies.lattice.particles",
        "N = 100 particles in d = 12 modes has 473239787751081 components",
        "at most 20000, in at most 32 modes. Hartree, the limit and the verdict need no exact states: leave",
    ),
    (("studies", "lattice", "particles"), [10**15], "studies.lattice.particles", "10^157 components", "leave"),
]
