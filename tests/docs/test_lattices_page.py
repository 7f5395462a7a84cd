"""The configuration that docs/lattices.md shows is one, and the forms in it are those of its Python part."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from config.operators.make_burgers import hermitian_two_body, initial_state, one_body, two_body
from nonhermitian_hartree.config.configuration import load_config
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.model.lattice.operators import contact, density, hopping, onsite
from tests.docs.fenced_blocks import read_configurations

ROOT = Path(__file__).parents[2]


def test_the_configuration_of_the_page_is_its_python():
    config = read_configurations(ROOT / "docs" / "lattices.md")["lattice_forms"]
    model = config.models["chain"].build({"gamma": 1.0})
    assert np.array_equal(model.one_body, (hopping(-1.0, [64]) + onsite([(32, -1j)], 64)).toarray())
    assert model.couplings.equals(contact(64.0, 64) + density([(0, 1, 0.5), (1, 0, 0.5)], 64))


def test_the_files_of_burgers_are_what_their_maker_makes():
    config = load_config(ROOT / "config" / "lattice.yaml")
    for name, expected in (("burgers", two_body()), ("burgers_hermitian", hermitian_two_body())):
        model = config.models[name].build()
        assert np.allclose(model.one_body, one_body().toarray(), rtol=1e-14, atol=0)
        assert abs(model.couplings.to_sparse() - expected).max() <= 1e-14 * abs(expected).max()
    (member,) = config.states["wave"].on((64,)).members()
    assert np.allclose(member.state.amplitudes, initial_state(), rtol=0, atol=1e-15)


def test_the_hermitian_operator_has_the_same_hartree():
    config = load_config(ROOT / "config" / "lattice.yaml")
    (member,) = config.states["wave"].on((64,)).members()
    times = [0.4, 1.2]
    first, second = (
        hartree_wavefunctions(config.models[name].build(), member.state, times)
        for name in ("burgers", "burgers_hermitian")
    )
    assert np.allclose(first, second, rtol=0, atol=1e-13)
