"""Whether the parts of a configuration fit together: names that exist, and values that a study has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.claim_catalogue import CLAIMS
from nonhermitian_hartree.figure_spec import AgainstParticlesFigure, Figure, RateFunctionFigure
from nonhermitian_hartree.operator_spec import pauli_sum
from nonhermitian_hartree.spec import refusal

if TYPE_CHECKING:
    from nonhermitian_hartree.config import Config
    from nonhermitian_hartree.model_spec import ModelSpec
    from nonhermitian_hartree.study_spec import StudySpec

RESERVED_NAMES = frozenset(
    [
        *("exact", "hartree", "limit", "comparison", "power_law", "figure", "figures", "claims", "report"),
        *("check", "all", "verdict", "gather", "prune", "provenance", "rate_function"),
    ]
)

_Path = tuple[str | int, ...]


def check_references(config: Config) -> None:
    """Let a configuration pass whose parts fit together.

    Raises
    ------
    PydanticCustomError
        For the first name that does not exist or clashes, and the first value that a study does not have.
    """
    _check_clashes(config)
    for name, study in config.studies.items():
        _check_study(study, config, ("studies", name))
    for name, figure in config.figures.items():
        _check_figure(figure, config, ("figures", name))
    for index, claim in enumerate(config.claims):
        path: _Path = ("claims", index)
        _check_one(claim.study, config.studies, "studies", (*path, "study"))
        study = config.studies[claim.study]
        _check_subset(claim, study, path)
        if fitted := CLAIMS[claim.claim].fitted:
            _check_fitted(fitted, claim.study, study, (*path, "study"))


def _check_clashes(config: Config) -> None:
    for group in ("studies", "figures"):
        for name in getattr(config, group):
            if name in RESERVED_NAMES:
                allowed = "a name other than those of the workflow's steps: " + ", ".join(sorted(RESERVED_NAMES))
                raise refusal(f"the name {name!r}", allowed, group, name)
    for name in config.figures:
        if name in config.studies:
            raise refusal(f"the name {name!r}", "a name that no study has", "figures", name)


def _check_study(study: StudySpec, config: Config, path: _Path) -> None:
    _check_one(study.model, config.models, "models", (*path, "model"))
    dimension = config.models[study.model].dimension
    for index, state in enumerate(study.states):
        where: _Path = (*path, "states", index)
        _check_one(state, config.states, "states", where)
        if config.states[state].dimension != dimension:
            found = f"{state!r} of dimension {config.states[state].dimension}"
            raise refusal(found, f"states of dimension {dimension}, that of the model {study.model!r}", *where)


def _check_figure(figure: Figure, config: Config, path: _Path) -> None:
    _check_one(figure.study, config.studies, "studies", (*path, "study"))
    study = config.studies[figure.study]
    if isinstance(figure, RateFunctionFigure):
        _check_rate_function(figure, study, config, path)
        return
    _check_subset(figure, study, path)
    if isinstance(figure, AgainstParticlesFigure) and figure.fits:
        _check_fitted(figure.quantity, figure.study, study, (*path, "fits"))


def _check_fitted(quantity: str, name: str, study: StudySpec, path: _Path) -> None:
    fitted = study.power_law.quantities if study.power_law else ()
    if quantity not in fitted:
        allowed = f"fits of what power_law of the study {name!r} lists: {', '.join(fitted) or 'none'}"
        raise refusal(f"fits of {quantity}", allowed, *path)


def _check_rate_function(figure: RateFunctionFigure, study: StudySpec, config: Config, path: _Path) -> None:
    _check_one(figure.state, study.states, f"states of the study {figure.study!r}", (*path, "state"))
    if not _is_model_of_paper(config.models[study.model]):
        found = f"a study of the model {study.model!r}"
        raise refusal(found, "the model of eq. (28): one_body zero, two_body {ZZ: 1j}", *path, "study")
    members = config.states[figure.state].members()
    if len(members) != 1 or not np.isfinite(members[0].tilt):
        raise refusal(repr(figure.state), "a single state with 0 < p0 < 1", *path, "state")


def _is_model_of_paper(spec: ModelSpec) -> bool:
    model = spec.build()
    return (
        spec.dimension == 2
        and not model.one_body.any()
        and np.array_equal(model.two_body, pauli_sum({"ZZ": 1j}, 2))
    )


def _check_one(name: str, known: Iterable[str], what: str, path: _Path) -> None:
    if name not in known:
        raise refusal(repr(name), f"{what}: {', '.join(known)}", *path)


def _check_subset(part: object, study: StudySpec, path: _Path) -> None:
    """Check that ``states``, ``particles`` and ``times`` of a figure or claim are those of its study."""
    for key in ("states", "particles", "times"):
        known: Collection[object] = getattr(study, key)
        for value in getattr(part, key, None) or ():
            if value not in known:
                raise refusal(repr(value), f"{key} of the study: {_list_briefly(known)}", *path, key)


def _list_briefly(values: Collection[object]) -> str:
    shown = [str(value) for value in values]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:4], "…", *shown[-2:]])
