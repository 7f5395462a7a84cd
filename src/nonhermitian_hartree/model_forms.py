"""A model and a state from the forms in which a configuration writes them, for use from Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from nonhermitian_hartree.config_message import describe_validation_error
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.model_spec import ModelSpec
from nonhermitian_hartree.spec import Spec
from nonhermitian_hartree.state_spec import StateSpec

SpecT = TypeVar("SpecT", bound=Spec)


def build_model(**form: object) -> Model:
    """Hamiltonian (1) from ``one_body``, ``two_body`` and ``dimension`` as a configuration has them.

    An operator is a map from Pauli letters to coefficients, ``{"X": 1, "Z": -0.5j}`` and ``{"ZZ": 2}``,
    ``{"matrix": rows}`` or, for two bodies, ``{"terms": …}`` (config/README.md); an absent one is zero, and the
    dimension is 2 unless given. From arrays, make a `Model` itself.

    Raises
    ------
    ModelError
        With one line: key, what was found, what is allowed.
    """
    return _read_form(ModelSpec, form, "build_model").build()


def build_state(**form: object) -> ProductState:
    """Initial state (2) from ``p0`` or ``tilt``, with ``phase`` (radians), or from ``amplitudes``.

    As in a configuration (config/README.md), but one state, not a family.

    Raises
    ------
    ModelError
        With one line: key, what was found, what is allowed.
    """
    members = _read_form(StateSpec, form, "build_state").members()
    if len(members) != 1:
        raise ModelError(f"build_state: found {len(members)} states; allowed: one number as p0 or tilt")
    return members[0].state


def _read_form(spec: type[SpecT], form: Mapping[str, object], source: str) -> SpecT:
    try:
        return spec.model_validate(form)
    except ValidationError as error:
        raise ModelError(describe_validation_error(error, form, source)) from None
