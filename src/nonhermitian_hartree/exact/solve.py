"""Exact one-particle marginals of any model: the method is chosen here and recorded with the numbers."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.commuting import diagonal_marginals, rotated_marginals
from nonhermitian_hartree.exact.marginals import TOLERANCE, Marginals
from nonhermitian_hartree.exact.parts import CONDENSATE_FROM, require_reach
from nonhermitian_hartree.model.arguments import read_number, read_particles, read_times, refuse
from nonhermitian_hartree.model.diagonal_frame import find_diagonal_frame
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

logger = logging.getLogger(__name__)

REFUSALS = (ArithmeticError, np.linalg.LinAlgError)
"""What an engine may end with, AccuracyError among them; the next one then takes over."""

Found = dict[float, Marginals]
"""Marginals at one N by time."""


def exact_marginals(
    model: Model, state: ProductState, particles: ArrayLike, times: ArrayLike, tolerance: float = TOLERANCE
) -> list[Marginals]:
    """One-particle marginals (7) of the solution of eq. (2), by the cheapest method that is good enough.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    particles : sequence of int, or one number
        Values of N, 2 to 10¹⁵.
    times : (T,) sequence of float, or one number
        Finite times ≥ 0, in inverse units of the couplings.
    tolerance : float
        Largest allowed ``error_bound``, > 0.

    Returns
    -------
    list of Marginals
        One per N, each with leading axis t; a single N or t counts as a list of one. ``method`` is at each time
        that of the first of these whose error is below the tolerance: ``"closed_form"`` (models that are diagonal
        in some basis), ``"float64"``, ``"condensate"`` (d ≤ 4; before float64 where N is large) and
        ``"certified"``. What one of them refuses at one N and t is left to the next, and nothing else.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    AccuracyError
        If no method reaches the tolerance within its limits; it names N and t. No number is returned then.
    """
    require_pair(model, state)
    counts, instants = read_particles(particles), read_times(times)
    tolerance = read_number("tolerance", tolerance, "numbers > 0")
    if not tolerance > 0:
        raise refuse("tolerance", tolerance, "numbers > 0")
    choice = _Choice(model, state, counts, instants, tolerance)
    choice.take_closed_forms()
    if choice.is_open:
        require_reach(model.dimension, max(counts))
        is_small = {number: number < CONDENSATE_FROM.get(model.dimension, inf) for number in counts}
        choice.take_float64([number for number in counts if is_small[number]])
        choice.take_condensate()
        if model.dimension > 2:  # qubits are beyond its reach there
            choice.take_float64([number for number in counts if not is_small[number]])
        choice.take_proofs()
    return [Marginals.stack([choice.solved[number][float(time)] for time in instants]) for number in counts]


class _Choice:
    """What is known so far of the marginals that are wanted, and why it is not more."""

    def __init__(
        self,
        model: Model,
        state: ProductState,
        particles: Sequence[int],
        times: Sequence[float],
        tolerance: float,
    ) -> None:
        self.model, self.state, self.tolerance = model, state, tolerance
        self.times = sorted({float(time) for time in times})
        self.solved: dict[int, Found] = {number: {} for number in particles}
        self.refusals: dict[int, dict[str, str]] = {number: {} for number in particles}

    @property
    def is_open(self) -> bool:
        """Whether anything is missing."""
        return any(self._open_times(number) for number in self.solved)

    def take_closed_forms(self) -> None:
        """Closed forms of models that are diagonal, as they stand or in another basis."""
        frame = None if self.model.is_diagonal else find_diagonal_frame(self.model, self.state)
        if not (self.model.is_diagonal or frame):
            return

        def take(particles: list[int], times: list[float]) -> None:
            try:
                if frame:
                    results = rotated_marginals(frame, particles, times)
                else:
                    results = diagonal_marginals(self.model, self.state, particles, times)
            except REFUSALS as error:
                for number in particles:
                    self._refuse("closed_form", number, str(error))
                for time in times if len(times) > 1 else []:
                    take(particles, [time])
                return
            for number, result in zip(particles, results, strict=True):
                for index, time in enumerate(times):
                    self._accept(number, time, result[index])

        # qubits need no sum that grows with N, and are quickest all together
        numbers = list(self.solved)
        for group in [numbers] if self.model.dimension == 2 else [[number] for number in numbers]:
            take(group, self.times)

    def take_float64(self, particles: Sequence[int]) -> None:
        """Double precision at the N given, up to the first time at which nothing is known any more."""
        from nonhermitian_hartree.exact.float64 import estimate_over_times

        for number in particles:
            if not (times := self._open_times(number)):
                continue
            try:
                for time, result in estimate_over_times(self.model, self.state, number, times):
                    if not self._accept(number, time, result) and not np.isfinite(result.error_bound):
                        break
            except REFUSALS as error:
                self._refuse("float64", number, str(error))

    def take_condensate(self) -> None:
        """The condensate expansion: one path and one check for all N at a time."""
        from nonhermitian_hartree.exact.condensate.mixture import PATH_ERROR
        from nonhermitian_hartree.exact.condensate.solve import FEWEST_PARTICLES, condensate_at_times

        fewest = FEWEST_PARTICLES.get(self.model.dimension, inf)
        wanted: dict[float, list[int]] = {}
        for number in self.solved:
            for time in self._open_times(number) if number >= fewest else []:
                wanted.setdefault(time, []).append(number)
        if not (wanted and self.tolerance > PATH_ERROR):
            return
        try:
            outcomes: Mapping[float, list[Marginals] | ArithmeticError] = condensate_at_times(
                self.model, self.state, dict(sorted(wanted.items())), self.tolerance
            )
        except REFUSALS as error:
            for number in {number for numbers in wanted.values() for number in numbers}:
                self._refuse("condensate", number, str(error))
            return
        for time, outcome in outcomes.items():
            for index, number in enumerate(wanted[time]):
                if isinstance(outcome, ArithmeticError):
                    self._refuse("condensate", number, str(outcome))
                else:
                    self._accept(number, time, outcome[index])

    def take_proofs(self) -> None:
        """Certified marginals of all that is left; what is refused here is refused for good.

        Raises
        ------
        AccuracyError
            With what the other methods had said before.
        """
        from nonhermitian_hartree.exact.certified.evolve import certify_marginals

        # The largest first: what is out of reach is then refused before hours go into the rest.
        for number in sorted(self.solved, reverse=True):
            if not (times := self._open_times(number)):
                continue
            try:
                proved = certify_marginals(self.model, self.state, number, times, self.tolerance)
            except REFUSALS as error:
                raise AccuracyError("; ".join([str(error), *self.refusals[number].values()])) from error
            self.solved[number] |= {time: proved[index] for index, time in enumerate(times)}

    def _open_times(self, number: int) -> list[float]:
        return [time for time in self.times if time not in self.solved[number]]

    def _accept(self, number: int, time: float, result: Marginals) -> bool:
        """Keep a result if its error is within the tolerance and all its numbers are some."""
        if _is_accurate(result, self.tolerance):
            self.solved[number][time] = result
            return True
        method, bound = str(result.method), float(result.error_bound)
        excess = (
            f"error bound {bound:.1e} exceeds the tolerance {self.tolerance:g}; "
            "raise the tolerance, or lower N or t"
        )
        problem = "a number is none" if bound <= self.tolerance else excess
        self._refuse(method, number, f"{method} at N = {number}, t = {time:g}: {problem}")
        return False

    def _refuse(self, method: str, number: int, reason: str) -> None:
        logger.info("%s N = %d: refused: %s", method, number, reason)
        self.refusals[number].setdefault(method, reason)  # the first will do


def _is_accurate(marginals: Marginals, tolerance: float) -> bool:
    """Whether the error is within the tolerance, and every number is one, the error of S_L included."""
    numbers = (marginals.linear_entropy, marginals.linear_entropy_error, marginals.log_norm_rate)
    is_finite = np.isfinite(marginals.density).all() and np.isfinite(numbers).all()
    return bool(is_finite and marginals.error_bound <= tolerance)
