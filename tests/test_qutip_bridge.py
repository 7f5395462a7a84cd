"""Models from operators of QuTiP, against QuTiP's own evolution of few particles; marginals back.

Without QuTiP, which the extra `qutip` installs, what needs it is skipped; that arrays do as well is tested anyway.
"""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec

import numpy as np
import pytest

from nonhermitian_hartree.errors import MissingExtraError, ModelError
from nonhermitian_hartree.exact.pairs import pair_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.qutip_bridge import from_qutip, to_qutip
from tests.references.full_space import full_hamiltonian
from tests.systems import COUNTEREXAMPLE, NO_FIELD, X, Z

RAISE, LOWER = np.array([[0, 1], [0, 0]]), np.array([[0, 0], [1, 0]])
HALF_Z = Z / 2
STATE = ProductState.from_population(0.7, 0.4)
TIME = 0.8


def collective(operator, particles):
    """Σ O_i in the full space."""
    d = len(operator)
    return sum(
        np.kron(np.kron(np.eye(d**i), operator), np.eye(d ** (particles - i - 1))) for i in range(particles)
    )


@pytest.mark.parametrize("particles", [2, 3, 4])
def test_collective_terms_are_exact_at_their_n(particles):
    model = from_qutip(
        X,
        collective=[(0.6, HALF_Z, HALF_Z), (0.2j, RAISE, LOWER)],
        collective_jumps=[0.9 * LOWER],
        particles=particles,
    )
    j_z, j_plus, j_minus = (collective(each, particles) for each in (HALF_Z, RAISE, LOWER))
    interaction = 0.6 * j_z @ j_z + (0.2j - 0.5j * 0.81) * j_plus @ j_minus
    expected = collective(X, particles) + interaction / particles
    assert full_hamiltonian(model, particles) == pytest.approx(expected, abs=1e-13)


def test_without_n_the_terms_are_those_of_the_limit():
    at_infinity = from_qutip(X, collective=[(0.6, HALF_Z, HALF_Z)], collective_jumps=[LOWER])
    assert np.array_equal(at_infinity.one_body, X)
    huge = from_qutip(X, collective=[(0.6, HALF_Z, HALF_Z)], collective_jumps=[LOWER], particles=10**12)
    assert huge.two_body == pytest.approx(at_infinity.two_body, abs=1e-11)
    assert huge.one_body == pytest.approx(at_infinity.one_body, abs=1e-11)


def test_one_body_jumps_lower_the_norm_of_their_level():
    bra = np.sqrt(0.6) * np.array([[1, 0]])
    by_bra, by_operator = (from_qutip(NO_FIELD, [jump]) for jump in (bra, np.sqrt(0.6) * LOWER))
    for model in (by_bra, by_operator):
        assert model.one_body == pytest.approx(np.diag([-0.3j, 0]), abs=1e-15)
        assert not model.two_body.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"H_one": np.ones((2, 3))}, "H_one.*square"),
        ({"H_one": X, "jumps": [np.eye(3)]}, "jumps.*bras"),
        ({"H_one": X, "H_pair": np.eye(2)}, "H_pair"),
        ({"H_one": X, "H_pair": np.kron(X, Z)}, "swapped"),
        ({"H_one": X, "collective": [(1, X, np.eye(3))]}, "collective"),
        ({"H_one": X, "particles": 1}, "particles"),
        ({"H_one": "X"}, "H_one"),
    ],
)
def test_what_is_refused(arguments, message):
    if arguments.get("particles"):
        arguments = arguments | {"collective": [(1, X, X)]}
    with pytest.raises(ModelError, match=message):
        from_qutip(**arguments)


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setattr("nonhermitian_hartree.extras._is_there", lambda _: False)
    (marginals,) = exact_marginals(COUNTEREXAMPLE, STATE, 4, TIME)
    with pytest.raises(MissingExtraError, match=r"nonhermitian-hartree\[qutip\]"):
        to_qutip(marginals)
    with pytest.raises(ModelError, match="Marginals, PairMarginals or a LimitState"):
        to_qutip(np.eye(2))


@pytest.mark.skipif(
    find_spec("qutip") is None, reason="QuTiP is not installed: pip install 'nonhermitian-hartree[qutip]'"
)
class TestWithQutip:
    """Against QuTiP's own evolution."""

    @cached_property
    def qutip(self):
        import qutip

        return qutip

    def on_particle(self, operator, index, particles):
        places = [self.qutip.qeye(2)] * particles
        places[index] = operator
        return self.qutip.tensor(places)

    def no_jump_evolution(self, hamiltonian, jumps, particles):
        """Unnormalised state at `TIME` from QuTiP's Schrödinger solver with H − (i/2) Σ L†L."""
        phi = self.qutip.Qobj(STATE.amplitudes.reshape(2, 1))
        generator = hamiltonian - 0.5j * sum(jump.dag() * jump for jump in jumps)
        options = {"atol": 1e-13, "rtol": 1e-11, "normalize_output": False, "nsteps": 100_000}
        solution = self.qutip.sesolve(
            self.qutip.QobjEvo(generator), self.qutip.tensor([phi] * particles), [0, TIME], options=options
        )
        return solution.states[-1]

    @pytest.mark.parametrize("particles", [2, 4])
    def test_marginals_are_those_of_its_solver(self, particles):
        """Field, one-body decay, pair interaction, J_z²/N and collective decay together."""
        q = self.qutip
        # in QuTiP |0⟩ is the upper state: sigmap = |0⟩⟨1|
        field, decay = q.sigmax(), 0.7 * q.sigmam()
        pair = 0.4 * q.tensor(q.sigmax(), q.sigmax())
        chi, kappa = 0.9, 0.8
        model = from_qutip(
            field,
            [decay],
            pair,
            collective=[(chi, q.sigmaz() / 2, q.sigmaz() / 2)],
            collective_jumps=[np.sqrt(kappa) * q.sigmam()],
            particles=particles,
        )
        each = range(particles)
        j_z = sum(self.on_particle(q.sigmaz() / 2, i, particles) for i in each)
        j_minus = sum(self.on_particle(q.sigmam(), i, particles) for i in each)
        x = [self.on_particle(q.sigmax(), i, particles) for i in each]
        hamiltonian = sum(x) + chi / particles * j_z * j_z
        hamiltonian += sum(0.4 / (particles - 1) * x[i] * x[j] for i in each for j in each if i < j)
        jumps = [self.on_particle(decay, i, particles) for i in each]
        jumps.append(np.sqrt(kappa / particles) * j_minus)
        final = self.no_jump_evolution(hamiltonian, jumps, particles)

        (pairs,) = pair_marginals(model, STATE, particles, [TIME], 1e-12)
        (one,), (two,) = to_qutip(pairs.one_body), to_qutip(pairs)
        unit = final.unit()
        assert (one - unit.ptrace(0)).norm() < 1e-9
        assert (two - unit.ptrace([0, 1])).norm() < 1e-9
        assert np.exp(particles * pairs.one_body.log_norm_rate[0]) == pytest.approx(final.norm() ** 2, rel=1e-9)

    def test_shapes_and_types_of_what_goes_back(self):
        (pairs,) = pair_marginals(COUNTEREXAMPLE, STATE, 4, [0, TIME])
        for result, dims in ((pairs.one_body, [[2], [2]]), (pairs, [[2, 2], [2, 2]])):
            found = to_qutip(result)
            assert len(found) == 2
            assert all(each.dims == dims and each.isherm for each in found)
        assert to_qutip(pairs.one_body[1]).tr() == pytest.approx(1)
        (limit,) = limit_states(COUNTEREXAMPLE, STATE, TIME)
        assert to_qutip(limit).full() == pytest.approx(limit.density)

    def test_model_is_that_of_the_arrays(self):
        q = self.qutip
        ours = from_qutip(q.sigmax() - 0.5j * q.sigmaz(), [], 2 * q.tensor(q.sigmaz(), q.sigmaz()))
        theirs = Model(X - 0.5j * Z, 2 * np.kron(Z, Z))
        assert np.array_equal(ours.one_body, theirs.one_body)
        assert np.array_equal(ours.two_body, theirs.two_body)
        leaves = from_qutip(q.qzero(2), [q.basis(2, 0).dag()])
        assert leaves.one_body == pytest.approx(np.diag([-0.5j, 0]))
