"""Models that are given and kept sparse: the same as dense ones, and refusals by name."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp

import nonhermitian_hartree as nh
from nonhermitian_hartree.compare.short_time_defect import defect_vector
from nonhermitian_hartree.hartree import estimate_projector_error, wavefunction_velocity
from nonhermitian_hartree.model.lattice.operators import contact, hopping, onsite
from nonhermitian_hartree.model.lattice.states import gaussian, uniform
from nonhermitian_hartree.model.mean_field import mean_field_hamiltonian
from nonhermitian_hartree.model.pair_couplings import PairCouplings

MODES = 10


def noise(*shape, seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=shape) + 1j * generator.normal(size=shape)


@pytest.fixture(scope="module")
def dense():
    pair = noise(MODES, MODES, MODES, MODES) * (np.random.default_rng(1).random((MODES,) * 4) < 0.03)
    pair = (pair + pair.transpose(1, 0, 3, 2)) / 2
    return noise(MODES, MODES, seed=2), pair


def quantum_object(matrix, kind="oper"):
    """What QuTiP's Qobj looks like from outside."""
    return SimpleNamespace(
        isoper=kind == "oper",
        type=kind,
        dims=[[len(matrix)]] * 2,
        data=SimpleNamespace(as_scipy=lambda: sp.csr_matrix(matrix)),
        full=lambda: matrix,
    )


def test_all_forms_of_a_model_are_the_same(dense):
    one_body, tensor = dense
    pair = tensor.reshape(MODES**2, MODES**2)
    forms = [
        nh.Model(one_body, pair),
        nh.Model(sp.csr_array(one_body), sp.coo_array(pair)),
        nh.Model(sp.csc_matrix(one_body), sp.csr_matrix(pair)),
        nh.Model(quantum_object(one_body), quantum_object(pair)),
        nh.Model(one_body, PairCouplings.from_matrix(pair)),
    ]
    for model in forms:
        assert np.array_equal(model.one_body, one_body)
        assert np.array_equal(model.two_body_tensor, tensor)
        assert model.couplings.equals(forms[0].couplings)
        assert not model.is_hermitian
    adjoint = nh.Model(one_body + one_body.conj().T, pair + pair.conj().T)
    assert adjoint.is_hermitian
    assert nh.Model(1j * adjoint.one_body, 1j * adjoint.two_body).is_anti_hermitian


def test_mean_fields_from_elements(dense):
    one_body, tensor = dense
    model = nh.Model(one_body, tensor.reshape(MODES**2, -1))
    field = model.field
    # on symmetric pairs: all that permutation-symmetric states feel
    symmetric = (tensor + tensor.transpose(1, 0, 2, 3)) / 2
    symmetric = (symmetric + symmetric.transpose(0, 1, 3, 2)) / 2
    bra, ket, other = noise(3, MODES, 4, seed=5)
    assert field.on_ket(bra, ket, other) == pytest.approx(
        np.einsum("ijkl,jn,kn,ln->in", symmetric, bra, ket, other)
    )
    assert field.on_bra(bra, other, ket) == pytest.approx(
        np.einsum("ijkl,in,jn,ln->kn", symmetric, bra, other, ket)
    )
    assert field.trace(bra, ket) == pytest.approx(np.einsum("ijil,jn,ln->n", symmetric, bra, ket))
    first, second = bra[:, 0], ket[:, 0]
    expected = {
        "exchange": np.einsum("ijkl,j,l->ik", symmetric, first, second),
        "pair_creation": np.einsum("ijkl,k,l->ij", symmetric, second, second),
        "pair_annihilation": np.einsum("ijkl,i,j->kl", symmetric, first, first),
    }
    assert field.exchange(first, second).toarray() == pytest.approx(expected["exchange"])
    assert field.pair_creation(second).toarray() == pytest.approx(expected["pair_creation"])
    assert field.pair_annihilation(first).toarray() == pytest.approx(expected["pair_annihilation"])


def test_hartree_and_defect_from_elements(dense):
    one_body, tensor = dense
    model = nh.Model(one_body / 4, tensor.reshape(MODES**2, -1))
    ket = noise(MODES, seed=7)
    ket /= np.linalg.norm(ket)
    state = nh.ProductState(ket)
    step = 1e-4
    after, twice = nh.hartree_wavefunctions(model, state, [step, 2 * step])
    velocity = wavefunction_velocity(model, ket)
    moved = [kets - ket * np.vdot(ket, kets) for kets in (after, twice)]
    slope = (4 * moved[0] - moved[1]) / (2 * step)
    assert slope == pytest.approx(velocity - ket * np.vdot(ket, velocity), abs=1e-6)
    across = np.eye(MODES) - np.outer(ket, ket.conj())
    hamiltonian = mean_field_hamiltonian(model, ket.conj(), ket)
    bra = ket.conj() @ (hamiltonian - hamiltonian.conj().T) @ across
    expected = across @ np.einsum("ijkl,j,k,l->i", tensor, bra, ket, ket)
    assert defect_vector(model, state) == pytest.approx(expected)


@pytest.mark.parametrize("modes", [16, 48])
def test_the_error_of_hartree_on_a_lattice(modes):
    # below 32 modes with the derivative of the flow, beyond with samples of it; a soliton and its reflection
    model = nh.Model(hopping(-1.0, [modes]) + onsite([(0, -0.5j)], modes), contact(-2.0, modes))
    state = gaussian([modes / 2], 2.0, 0.8, [modes])
    times = [2.0, 6.0]
    found = nh.hartree_wavefunctions(model, state, times)
    mirrored = nh.Model(model.one_body[::-1, ::-1], contact(-2.0, modes))
    other = nh.hartree_wavefunctions(mirrored, nh.ProductState(state.amplitudes[::-1]), [1.3, 2.0, 6.0])[1:, ::-1]
    projectors = [np.einsum("ti,tj->tij", kets, kets.conj()) for kets in (found, other)]
    distance = np.abs(projectors[0] - projectors[1]).max(axis=(1, 2))
    bound = estimate_projector_error(model, state, times, found)
    assert (distance <= 2 * bound).all()
    assert (bound < 1e-8).all()


def test_a_thousand_modes_fit():
    modes = 1024
    model = nh.Model(hopping(-1.0, [32, 32], "periodic"), contact(1.0, modes))
    assert len(model.couplings.values) == modes
    assert not model.is_diagonal
    kept = nh.hartree_wavefunctions(model, uniform(modes), [1.0])[0]
    assert abs(np.vdot(kept, uniform(modes).amplitudes)) == pytest.approx(1)
    with pytest.raises(nh.ModelError, match=r"1099511627776 elements.*leave `particles` out"):
        model.two_body  # noqa: B018 – the access is what is refused


def test_refusals():
    lattice = hopping(-1.0, [12])
    with pytest.raises(nh.ModelError, match=r"differs from its mirror image by 2, most at ⟨0 1\|A2\|0 1⟩"):
        nh.Model(lattice, sp.coo_array(([2.0], ([1], [1])), shape=(144, 144)))
    with pytest.raises(nh.ModelError, match="finite"):
        nh.Model(lattice, sp.coo_array(([np.nan], ([0], [0])), shape=(144, 144)))
    with pytest.raises(nh.ModelError, match=r"two_body must have shape \(144, 144\)"):
        nh.Model(lattice, sp.csr_array((12, 12)))
    with pytest.raises(nh.ModelError, match="two_body is for 9 modes"):
        nh.Model(lattice, contact(1.0, 9))
    with pytest.raises(nh.ModelError, match="at most 1024"):
        nh.Model(hopping(-1.0, [1025]))
    with pytest.raises(nh.ModelError, match="one_body: found a QuTiP ket"):
        nh.Model(quantum_object(np.eye(3), "ket"))
    with pytest.raises(nh.AccuracyError, match=r"N = 9 particles in d = 12 modes has 167960 components; allowed"):
        nh.exact_marginals(nh.Model(lattice, contact(1.0, 12)), uniform(12), [2, 9], [1.0])
