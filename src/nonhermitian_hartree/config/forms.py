"""A model and a state from the forms in which a configuration writes them, for use from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import ValidationError

from nonhermitian_hartree.config.model import DIMENSION, ModelSpec
from nonhermitian_hartree.config.state import PHASE, StateSpec
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.base import Spec
from nonhermitian_hartree.fields.message import describe_validation_error
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

SpecT = TypeVar("SpecT", bound=Spec)


def build_model(
    *,
    one_body: Mapping[str, object] | None = None,
    two_body: Mapping[str, object] | None = None,
    dimension: int = DIMENSION,
) -> Model:
    """Hamiltonian (1) from A1, A2 and d as a configuration has them.

    Parameters
    ----------
    one_body, two_body : mapping, optional
        Pauli letters and coefficients, ``{"X": 1, "Z": -0.5j}`` and ``{"ZZ": 2}``, or ``{"matrix": rows}``, or for
        two bodies ``{"terms": …}`` (config/README.md). Energies in units of 1/time; zero if absent.
    dimension : int
        d of the one-particle space.

    Raises
    ------
    ModelError
        With one line: key, what was found, what is allowed.
    """
    form = {"dimension": dimension, "one_body": one_body or {}, "two_body": two_body or {}}
    return _read_form(ModelSpec, form, "build_model").build()


def build_state(
    *,
    p0: float | None = None,
    tilt: float | None = None,
    amplitudes: Sequence[complex] | None = None,
    phase: float = PHASE,
) -> ProductState:
    """Initial state (2) from exactly one of ``p0``, ``tilt`` and ``amplitudes``, as a configuration has them.

    Parameters
    ----------
    p0 : float, optional
        Population: ``φ0 = √p0``, ``φ1 = √(1 − p0) e^{i phase}``.
    tilt : float, optional
        ``h = artanh(2 p0 − 1)`` instead.
    amplitudes : (d,) sequence of complex, optional
        φ itself, of norm 1 to 1e-9.
    phase : float
        In radians, beside ``p0`` or ``tilt``.

    Raises
    ------
    ModelError
        With one line: key, what was found, what is allowed.
    """
    vector = None if amplitudes is None else [complex(value) for value in amplitudes]
    form = {"p0": p0, "tilt": tilt, "amplitudes": vector, "phase": phase}
    members = _read_form(StateSpec, form, "build_state").members()
    if len(members) != 1:
        raise ModelError(f"build_state: p0 or tilt: found {len(members)} numbers; allowed: one, for one state")
    return members[0].state


def _read_form(spec: type[SpecT], form: Mapping[str, object], source: str) -> SpecT:
    try:
        return spec.model_validate(form)
    except ValidationError as error:
        raise ModelError(describe_validation_error(error, form, source)) from None
