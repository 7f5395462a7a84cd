"""The engines that the adversary tries: which inputs each takes, how it is called, and against which truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from benchmarks.adversary_families import FAMILIES, Inputs
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.condensate.solve import FEWEST_PARTICLES, condensate_marginals
from nonhermitian_hartree.exact.float64 import evolve_float64
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.occupation_sum import sum_diagonal_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.hartree import estimate_projector_error, hartree_wavefunctions, has_closed_form
from nonhermitian_hartree.limit.solve import bound_limit_error, limit_states
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.references.ball_reference import (
    Amplitudes,
    Truth,
    exact_amplitudes,
    population_amplitudes,
    solve_exactly,
    tilt_amplitudes,
    turn_by_hadamard,
    turn_truth,
)
from tests.references.gaussian_integral import solve_diagonal_qubit
from tests.references.hartree_series import solve_hartree
from tests.references.limit_in_balls import solve_diagonal_limit

LARGEST_SUM = 5000
"""Up to this N all amplitudes are written down; beyond, a diagonal qubit model is one integral."""
LARGEST_EVOLVED = {2: 150, 3: 12, 4: 8, 5: 4}
"""Up to this N the engines that evolve all amplitudes are called, by the number of levels; for minutes beyond."""
LARGEST_EVOLVED_DIAGONAL = 24
"""The same for diagonal models, which have better engines."""
LONGEST_HARTREE = 30.0
"""Largest (‖A1‖ + 2‖A2‖) t for which Hartree's series is summed."""
PROVED_TOLERANCE = 1e-12
TOLERANCE = 1e-8


@dataclass(frozen=True)
class Case:
    """Inputs by their place in a family, and their truth, computed when first asked for."""

    seed: int
    family: str
    index: int
    inputs: Inputs

    @classmethod
    def draw(cls, seed: int, family: str, index: int) -> Case:
        """Case that stays the same when other families come and go."""
        rng = np.random.default_rng([seed, index, *family.encode()])
        return cls(seed, family, index, FAMILIES[family](rng))

    @property
    def given_amplitudes(self) -> Amplitudes:
        """State as it was given: p0 or tilt exactly, where there is one."""
        form = self.inputs.form
        if "amplitudes" in form:
            return self.rounded_amplitudes
        return (population_amplitudes if "p0" in form else tilt_amplitudes)(*form.values())

    @property
    def rounded_amplitudes(self) -> Amplitudes:
        """State by its amplitudes as doubles."""
        return exact_amplitudes(self.inputs.build_state().amplitudes)

    @cached_property
    def truth_of_rounded_state(self) -> Truth:
        """At finite N, for the amplitudes as doubles."""
        return self._solve(self.rounded_amplitudes)

    @cached_property
    def truth_of_given_state(self) -> Truth:
        """At finite N, for p0 or the tilt."""
        return (
            self.truth_of_rounded_state if "amplitudes" in self.inputs.form else self._solve(self.given_amplitudes)
        )

    @property
    def hartree_truth(self) -> Truth:
        """Hartree's state, for the input that its closed form or its integration takes as exact."""
        model = self.inputs.build_model()
        amplitudes = self.given_amplitudes if has_closed_form(model) else self.rounded_amplitudes
        return solve_hartree(model.one_body, model.two_body, amplitudes, self.inputs.time)

    @property
    def limit_truth(self) -> Truth:
        """N → ∞ of a diagonal qubit model."""
        case = self.inputs
        return solve_diagonal_limit(case.one_body, case.two_body, self.given_amplitudes, case.time)

    def _solve(self, amplitudes: Amplitudes) -> Truth:
        case = self.inputs
        is_large = case.particles > LARGEST_SUM
        solve = solve_diagonal_qubit if is_large else solve_exactly
        given = turn_by_hadamard(amplitudes) if case.turned else amplitudes
        truth = solve(case.one_body, case.two_body, given, case.particles, case.time)
        return turn_truth(truth) if case.turned else truth

    def __str__(self) -> str:
        """How to run it again, and what it is."""
        return f"--seed {self.seed} --only {self.family}:{self.index}\n    {self.inputs}"


@dataclass(frozen=True)
class Engine:
    """One way to a one-particle state.

    Attributes
    ----------
    accepts : callable
        Whether it takes the inputs, with their model.
    solve : callable
        (model, state, N, t) → Marginals without leading axes.
    truth : callable
        Case → Truth.
    """

    accepts: Callable[[Inputs, Model], bool]
    solve: Callable[[Model, ProductState, int, float], Marginals]
    truth: Callable[[Case], Truth]


def _is_diagonal_qubit(_: Inputs, model: Model) -> bool:
    return model.is_diagonal and model.dimension == 2


def _can_be_evolved(inputs: Inputs, model: Model) -> bool:
    largest = LARGEST_EVOLVED[model.dimension]
    return inputs.particles <= (min(largest, LARGEST_EVOLVED_DIAGONAL) if model.is_diagonal else largest)


def _can_condense(inputs: Inputs, model: Model) -> bool:
    return not model.is_diagonal and inputs.particles >= FEWEST_PARTICLES.get(model.dimension, inf)


def _has_short_path(inputs: Inputs, model: Model) -> bool:
    strength = np.linalg.norm(model.one_body, 2) + 2 * np.linalg.norm(model.two_body, 2)
    return model.dimension <= 3 and bool(strength * inputs.time <= LONGEST_HARTREE)


def _has_clear_limit(inputs: Inputs, model: Model) -> bool:
    """Whether it is beyond rounding which branch is the limit, or that two are."""
    if not _is_diagonal_qubit(inputs, model) or 0 in inputs.build_state().amplitudes:
        return False
    fields = (np.diag(model.one_body).imag, np.diag(model.two_body).imag[[0, 3]])
    tilt = inputs.build_state().tilt
    drift = ((fields[0][0] - fields[0][1]) + (fields[1][0] - fields[1][1]) / 2) * inputs.time
    scale = abs(tilt or 0) + 2 * inputs.time * (np.abs(fields[0]).sum() + np.abs(fields[1]).sum())
    is_tie = tilt == 0 and fields[0][0] == fields[0][1] and fields[1][0] == fields[1][1]
    return bool(is_tie or abs((tilt or 0) + drift) > 1e-9 * scale)


def _solve_hartree(model: Model, state: ProductState, _: int, at: float) -> Marginals:
    phi = hartree_wavefunctions(model, state, [at])
    bound = estimate_projector_error(model, state, [at], phi)[0]
    return _density_alone(np.outer(phi[0], phi[0].conj()), float(bound), "hartree")


def _solve_limit(model: Model, state: ProductState, _: int, at: float) -> Marginals:
    (limit,) = limit_states(model, state, [at])
    return _density_alone(limit.density, bound_limit_error(model, limit), "limit")


def _density_alone(density: NDArray[np.complex128], bound: float, method: str) -> Marginals:
    """Marginals that state nothing about S_L and the norm rate."""
    zero = np.zeros(())
    return Marginals(density, zero, np.asarray(inf), zero, np.asarray(bound), method)


ENGINES = {
    "closed_form": Engine(
        _is_diagonal_qubit,
        lambda model, state, number, at: closed_form_marginals(model, state, [number], [at])[0][0],
        lambda case: case.truth_of_given_state,
    ),
    "occupation_sum": Engine(
        lambda inputs, model: model.is_diagonal and inputs.particles <= LARGEST_SUM,
        lambda model, state, number, at: sum_diagonal_marginals(model, state, number, [at])[0],
        lambda case: case.truth_of_rounded_state,
    ),
    "float64": Engine(
        _can_be_evolved,
        lambda model, state, number, at: evolve_float64(model, state, number, [at], inf)[0],
        lambda case: case.truth_of_rounded_state,
    ),
    "certified": Engine(
        _can_be_evolved,
        lambda model, state, number, at: certify_marginals(model, state, number, [at], PROVED_TOLERANCE)[0],
        lambda case: case.truth_of_rounded_state,
    ),
    "condensate": Engine(
        _can_condense,
        lambda model, state, number, at: condensate_marginals(model, state, [number], [at], TOLERANCE)[0][0],
        lambda case: case.truth_of_rounded_state,
    ),
    "automatic": Engine(
        lambda inputs, model: model.is_diagonal or _can_be_evolved(inputs, model),
        lambda model, state, number, at: exact_marginals(model, state, [number], [at], TOLERANCE)[0][0],
        lambda case: (
            case.truth_of_given_state
            if _is_diagonal_qubit(case.inputs, case.inputs.build_model())
            else case.truth_of_rounded_state
        ),
    ),
    "hartree": Engine(_has_short_path, _solve_hartree, lambda case: case.hartree_truth),
    "limit": Engine(_has_clear_limit, _solve_limit, lambda case: case.limit_truth),
}
"""By name. A forced engine is called wherever it is meant to work, also where `exact_marginals` takes another."""
