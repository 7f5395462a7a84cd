"""A model and a state from the forms in which a configuration writes them, for use from Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike
from pydantic import ValidationError

from nonhermitian_hartree.config.model import DIMENSION, ModelSpec
from nonhermitian_hartree.config.state import PHASE, StateSpec
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.base import Spec
from nonhermitian_hartree.fields.message import describe_validation_error
from nonhermitian_hartree.model.arguments import read_array, refuse
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

SpecT = TypeVar("SpecT", bound=Spec)


def build_model(
    *,
    one_body: Mapping[str, object] | ArrayLike | None = None,
    two_body: Mapping[str, object] | ArrayLike | None = None,
    dimension: int | None = None,
) -> Model:
    """Hamiltonian (1) from A1, A2 and d, as arrays or as a configuration has them.

    Parameters
    ----------
    one_body, two_body : mapping or array, optional
        An array or nested lists, (d, d) and (d², d²); or Pauli letters and coefficients, ``{"X": 1, "Z": -0.5j}``
        and ``{"ZZ": 2}``, or ``{"matrix": rows}``, or the forms of
        lattices such as ``{"hopping": …}`` and ``{"contact": …}`` (config/README.md). Energies
        in units of 1/time; zero if absent.
    dimension : int, optional
        d of the one-particle space; that of the arrays, or 2, if absent.

    Raises
    ------
    ModelError
        With one line: key, what was found, what is allowed.
    """
    given = {"one_body": one_body, "two_body": two_body}
    arrays = {
        key: read_array(f"build_model: {key}", value, "a mapping as in a configuration, or an array of numbers")
        for key, value in given.items()
        if value is not None and not isinstance(value, Mapping)
    }
    powers = {"one_body": 1, "two_body": 2}
    if dimension is None:
        sizes = [round(len(np.atleast_1d(array)) ** (1 / powers[key])) for key, array in arrays.items()]
        dimension = sizes[0] if sizes else DIMENSION
    form = {"dimension": dimension} | {key: value for key, value in given.items() if isinstance(value, Mapping)}
    model = _read_form(ModelSpec, form, "build_model").build()
    for key, power in powers.items():
        shape = (model.dimension**power,) * 2
        if key in arrays and arrays[key].shape != shape:
            raise refuse(f"build_model: {key}", arrays[key], f"an array of shape {shape}")
    return Model(arrays.get("one_body", model.one_body), arrays.get("two_body", model.couplings))


def build_state(
    *,
    p0: float | None = None,
    tilt: float | None = None,
    amplitudes: ArrayLike | None = None,
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
    vector = None if amplitudes is None else _read_amplitudes(amplitudes)
    form = {"p0": p0, "tilt": tilt, "amplitudes": vector, "phase": phase}
    members = _read_form(StateSpec, form, "build_state").members()
    if len(members) != 1:
        raise ModelError(f"build_state: p0 or tilt: found {len(members)} numbers; allowed: one, for one state")
    return members[0].state


def _read_amplitudes(amplitudes: object) -> list[complex]:
    allowed = "a vector of d complex numbers"
    if isinstance(amplitudes, np.ndarray) and amplitudes.ndim != 1:
        raise refuse("build_state: amplitudes", amplitudes, allowed)
    if isinstance(amplitudes, (str, Mapping)) or not isinstance(amplitudes, Iterable):
        raise refuse("build_state: amplitudes", amplitudes, allowed)
    vector = []
    for value in amplitudes:
        try:
            vector.append(complex(value))
        except (TypeError, ValueError):
            raise refuse("build_state: amplitudes", value, allowed) from None
    return vector


def _read_form(spec: type[SpecT], form: Mapping[str, object], source: str) -> SpecT:
    try:
        return spec.model_validate(form)
    except ValidationError as error:
        raise ModelError(describe_validation_error(error, form, source)) from None
