"""What a claim is: a statement about the tables of a study, and the number that tests it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nonhermitian_hartree.model.classes import COUNTEREXAMPLE, ModelClass

EXPONENT_TOLERANCE = 0.01
CRITICAL_TIME_TOLERANCE = 0.002


@dataclass(frozen=True)
class Claim:
    """A statement about the tables of one study.

    Attributes
    ----------
    measure : callable
        Measures it on those tables of the study that ``tables`` lists, in this order; NaN if it cannot. Its name
        is that of the claim.
    source : str
        Where the statement is made: in arXiv:2601.13038 unless another source is named.
    statement : str
        What it says, in one sentence.
    tables : tuple of str
        Tables of the study that it is measured on.
    expected : float
        What the measured number is if the statement holds.
    tolerance : float
        How far the measured number may be from it.
    fitted : str
        The quantity whose power law it needs, if any.
    models : ModelClass
        The models it is about: the paper's own unless others are named.
    """

    measure: Callable[..., float]
    source: str
    statement: str
    tables: tuple[str, ...]
    expected: float
    tolerance: float
    fitted: str = ""
    models: ModelClass = COUNTEREXAMPLE

    @property
    def name(self) -> str:
        """Name of the claim in a configuration."""
        return self.measure.__name__

    def holds(self, measured: float) -> bool:
        """Whether a measured number is as expected; never for NaN."""
        return bool(abs(measured - self.expected) <= self.tolerance)
