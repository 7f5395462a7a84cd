"""Initial product states, eq. (2), and the members of a family of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import inf

import numpy as np

from nonhermitian_hartree.arrays import Complex, freeze
from nonhermitian_hartree.display import show_card, show_number, show_vector
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_array, read_number, refuse
from nonhermitian_hartree.model.hamiltonian import Model

NORM_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class ProductState:
    """One-particle wavefunction φ of the initial product state ``|φ⟩^{⊗N}``, eq. (2).

    Parameters
    ----------
    amplitudes : (d,) complex array
        Components of φ; must have unit norm to 1e-9 and are normalised to rounding.
    tilt : float, optional
        d = 2 only: ``h = artanh(|φ0|² − |φ1|²)``, which resolves states that |φ0|² cannot
        (near ½, 0 or 1). Derived from the amplitudes when not given; ±inf for |0⟩ and |1⟩.
    """

    amplitudes: Complex
    tilt: float | None = None

    def __post_init__(self) -> None:
        amplitudes = read_array("amplitudes", self.amplitudes, "a vector of d numbers")
        if amplitudes.ndim != 1 or len(amplitudes) < 2:
            raise ModelError(f"amplitudes must be a vector of length ≥ 2, found shape {amplitudes.shape}")
        norm = float(np.linalg.norm(amplitudes))
        if not abs(norm - 1) <= NORM_TOLERANCE:
            raise ModelError(f"amplitudes must have norm 1 to {NORM_TOLERANCE:g}, found {norm:.12g}")
        object.__setattr__(self, "amplitudes", freeze(amplitudes / norm))
        if len(amplitudes) == 2 and self.tilt is None:
            with np.errstate(divide="ignore"):
                log_weights = np.log(np.abs(amplitudes))
            object.__setattr__(self, "tilt", float(log_weights[0] - log_weights[1]))

    @property
    def dimension(self) -> int:
        """Dimension d of the one-particle space."""
        return len(self.amplitudes)

    @property
    def relative_phase(self) -> float:
        """``θ = arg φ0 − arg φ1`` of eq. (40), in radians (d = 2)."""
        return float(np.angle(self.amplitudes[0] * self.amplitudes[1].conj()))

    def __repr__(self) -> str:
        """φ, and for qubits what of it is easier to read."""
        return f"ProductState of {self.dimension} levels: " + ", ".join(
            f"{name} = {text}" for name, text in self._describe().items()
        )

    def _repr_html_(self) -> str:
        return show_card(f"ProductState of {self.dimension} levels", self._describe())

    def _describe(self) -> dict[str, str]:
        rows = {"φ": show_vector(self.amplitudes)}
        if self.dimension == 2 and self.tilt is not None:
            rows["p0"] = show_number(population_of_tilt(self.tilt), 6)
            if self.amplitudes.all():
                rows["arg φ1 − arg φ0"] = show_number(-self.relative_phase)
        return rows

    @classmethod
    def from_population(cls, p0: float, phase: float = 0.0) -> ProductState:
        """Qubit state ``φ0 = √p0``, ``φ1 = √(1 − p0) e^{i phase}``; the double p0 is taken as exact."""
        p0 = read_number("p0", p0, "numbers in [0, 1]")
        if not 0 <= p0 <= 1:
            raise refuse("p0", p0, "numbers in [0, 1]")
        phase = read_number("phase", phase)
        amplitudes = np.array([np.sqrt(p0), np.sqrt(1 - p0) * np.exp(1j * phase)])
        return cls(amplitudes, tilt_of_population(p0))

    @classmethod
    def from_tilt(cls, tilt: float, phase: float = 0.0) -> ProductState:
        """Qubit state with ``artanh(|φ0|² − |φ1|²) = tilt``; ±inf gives |0⟩ and |1⟩."""
        tilt = tilt if tilt in (inf, -inf) else read_number("tilt", tilt)
        phase = read_number("phase", phase)
        log_p0, log_p1 = -np.logaddexp(0, -2 * tilt), -np.logaddexp(0, 2 * tilt)
        return cls(np.array([np.exp(log_p0 / 2), np.exp(log_p1 / 2 + 1j * phase)]), float(tilt))


def require_pair(model: Model, state: ProductState) -> None:
    """Let a model and a state pass that are what they should be, and of the same dimension.

    Raises
    ------
    ModelError
        Naming the argument that is something else, or both dimensions.
    """
    if not isinstance(model, Model):
        raise refuse("model", model, "a Model, as from build_model")
    if not isinstance(state, ProductState):
        raise refuse("state", state, "a ProductState, as from build_state")
    if model.dimension != state.dimension:
        raise ModelError(
            f"the model has dimension {model.dimension}, the state {state.dimension}; make them equal"
        )


def tilt_of_population(p0: float) -> float:
    """``h = artanh(2 p0 − 1)`` to full relative accuracy, p0 a double taken as exact; ±inf at 1 and 0."""
    with np.errstate(divide="ignore"):
        if 0.25 <= p0 <= 0.75:
            return float(np.arctanh(2 * p0 - 1))  # 2 p0 − 1 is exact here
        return float(0.5 * (np.log(p0) - np.log1p(-p0)))


@dataclass(frozen=True)
class StateMember:
    """One member of a family of states.

    Parameters
    ----------
    p0 : float
        Population ``|φ0|²``; NaN for d > 2.
    tilt : float
        ``h = artanh(2 p0 − 1)``; NaN for d > 2.
    state : ProductState
        The state itself.
    """

    p0: float
    tilt: float
    state: ProductState


def population_of_tilt(tilt: float) -> float:
    """``p0 = 1/(1 + e^{−2h})`` to full relative accuracy for every h."""
    smaller = math.exp(-2 * abs(tilt))
    return (1 if tilt >= 0 else smaller) / (1 + smaller)
