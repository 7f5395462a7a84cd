"""What a study computes, in words: model, initial states, particle numbers and times."""

from __future__ import annotations

from collections.abc import Sequence

from nonhermitian_hartree.config.configuration import Config
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.operators import OneBody, OneBodyPauli, TwoBody, TwoBodyPauli
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.fields.base import readable_yaml
from nonhermitian_hartree.fields.coefficient import LinearCoefficient
from nonhermitian_hartree.fields.numbers import show_complex

SHOWN_VALUES = 5
ROUNDED_FROM = 10**7


def describe_study(config: Config, name: str) -> dict[str, str]:
    """Model, states, N and times of a study, each in a few words.

    Returns
    -------
    dict of str to str
        With keys ``model``, ``from``, ``N`` and ``times``; energies in units of 1/time (ħ = 1).
    """
    study = config.studies[name]
    model = config.models[study.model]
    unit = model.time_unit
    return {
        "model": f"{_spell(study.model)}: {describe_model(model)}",
        "from": "; ".join(describe_state(state, config.states[state]) for state in study.states),
        "N": describe_values(study.particles) if study.particles else "∞ only",
        "times": describe_values(study.times) + (f" ({unit})" if unit else ""),
    }


def describe_model(model: ModelSpec) -> str:
    """The operators of a model: Pauli sums in full, others by their forms."""
    operators = (
        f"A1 = {_describe_operator(model.one_body, model)}, A2 = {_describe_operator(model.two_body, model)}"
    )
    told = [f"{_spell(name)} = {describe_values(values)}" for name, values in model.parameters.items()]
    return ", ".join([operators, *told])


def describe_state(name: str, state: StateSpec) -> str:
    """A state or family of states: its name, and p0, tilt, the number of amplitudes, or its form."""
    if state.amplitudes is not None:
        return f"{_spell(name)} ({_count(len(state.amplitudes), 'amplitude')})"
    if state.p0 is None and state.tilt is None:
        return f"{_spell(name)} ({readable_yaml(state)[1:-1]})"
    values = describe_values(state.tilts if state.p0 is None else state.p0)
    parameter = "tilt" if state.p0 is None else "p0"
    phase = f", phase {state.phase:g}" if state.phase else ""
    return f"{_spell(name)} ({parameter} = {values}{phase})"


def describe_values(values: Sequence[complex]) -> str:
    """A few ascending numbers in full, many by their number and range."""
    if len(values) <= SHOWN_VALUES:
        return ", ".join(map(_number, values))
    return f"{len(values)} values from {_number(values[0])} to {_number(values[-1])}"


def _describe_operator(operator: OneBody | TwoBody, model: ModelSpec) -> str:
    if isinstance(operator, OneBodyPauli | TwoBodyPauli):
        terms = [f"{_coefficient(value)} {letters}" for letters, value in operator.root.items() if value]
        return " + ".join(terms).replace("+ -", "- ") or "0"
    forms = [name for name in type(operator).model_fields if getattr(operator, name) is not None]
    return f"{' + '.join(forms)} in dimension {model.dimension}"


def _coefficient(value: complex | LinearCoefficient) -> str:
    if not isinstance(value, LinearCoefficient):
        return show_complex(value)
    terms = [f"{show_complex(factor)} {_spell(name)}" for name, factor in value.factors if factor]
    terms += [show_complex(value.constant)] if value.constant or not terms else []
    return f"({' + '.join(terms).replace('+ -', '- ')})"


def _number(value: complex) -> str:
    if isinstance(value, complex):
        return show_complex(value)
    return str(value) if isinstance(value, int) and value < ROUNDED_FROM else f"{value:.6g}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _spell(name: str) -> str:
    return name.replace("_", " ")
