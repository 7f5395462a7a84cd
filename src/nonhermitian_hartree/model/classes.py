"""Classes of Hamiltonians that a claim or a figure is about, and whether a model belongs to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.model.hamiltonian import Model, pauli_sum


@dataclass(frozen=True)
class ModelClass:
    """Some of the Hamiltonians of the form (1).

    Attributes
    ----------
    description : str
        Which ones, in the words of a configuration file.
    contains : callable
        Whether a model is one of them.
    """

    description: str
    contains: Callable[[Model], bool]


def _single_model(name: str, one_body: dict[str, complex], two_body: dict[str, complex]) -> ModelClass:
    """Class of one qubit model, given by Pauli letters."""
    model = Model(pauli_sum(one_body, 1), pauli_sum(two_body, 2))

    def contains(other: Model) -> bool:
        return np.array_equal(other.one_body, model.one_body) and np.array_equal(other.two_body, model.two_body)

    return ModelClass(f"{name}: one_body {_show(one_body)}, two_body {_show(two_body)}", contains)


def _show(letters: dict[str, complex]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in letters.items()) + "}" if letters else "zero"


LOSS = 0.7
"""γ of the model of one-body loss, in units of its coupling."""
FIELD = 0.5
"""Transverse field of the model of transverse mixing, in units of its coupling."""

ANY_MODEL = ModelClass("any model", lambda _: True)
ANY_QUBIT = ModelClass("a qubit model", lambda model: model.dimension == 2)
HERMITIAN = ModelClass("a Hermitian model", lambda model: model.is_hermitian)
WITHOUT_INTERACTION = ModelClass("a model without two_body", lambda model: not len(model.couplings.values))
COUNTEREXAMPLE = _single_model("the counterexample", {}, {"ZZ": 1j})
ONE_BODY_LOSS = _single_model("the model of one-body loss", {"Z": LOSS * 1j}, {"ZZ": 1})
TRANSVERSE_MIXING = _single_model("the model of transverse mixing", {"X": FIELD}, {"ZZ": 1j})


def _is_lossy_dimer(model: Model) -> bool:
    gamma, u = -2 * model.one_body[0, 0].imag, model.two_body[0, 0].real if model.dimension == 2 else 0.0
    one_body = {"X": -1, "I": -0.25j * gamma, "Z": -0.25j * gamma}
    two_body = {"II": u / 2, "ZZ": u / 2}
    return _is_near(model, one_body, two_body) and gamma >= 0 and u >= 0


def _is_transverse_mixing(model: Model) -> bool:
    return _is_near(model, {"X": model.one_body[0, 1]}, {"ZZ": 1j}) and model.one_body[0, 1].imag == 0


def _is_near(model: Model, one_body: dict[str, complex], two_body: dict[str, complex]) -> bool:
    return model.dimension == 2 and all(
        np.allclose(found, pauli_sum(letters, bodies), rtol=0, atol=1e-12)
        for found, letters, bodies in ((model.one_body, one_body, 1), (model.two_body, two_body, 2))
    )


LOSSY_DIMER = ModelClass(
    "Bose–Hubbard dimers with loss: one_body {X: -1, I: -0.25i gamma, Z: -0.25i gamma}, "
    "two_body {II: 0.5 u, ZZ: 0.5 u}, with parameters gamma and u ≥ 0",
    _is_lossy_dimer,
)
TRANSVERSE_FIELDS = ModelClass(
    "transverse mixing: one_body {X: field}, two_body {ZZ: 1j}, with a real parameter field", _is_transverse_mixing
)
