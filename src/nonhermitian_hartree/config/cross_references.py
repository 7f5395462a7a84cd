"""Whether the parts of a configuration fit together: names that exist, and values that a study has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.figures.spec import (
    AgainstParticlesFigure,
    CollapseFigure,
    Figure,
    MapFigure,
    RateFunctionFigure,
)
from nonhermitian_hartree.model.classes import COUNTEREXAMPLE, ModelClass

if TYPE_CHECKING:
    from nonhermitian_hartree.config.configuration import Config
    from nonhermitian_hartree.config.study import StudySpec

RESERVED_NAMES = frozenset(
    [
        *("exact", "hartree", "limit", "comparison", "power_law", "figure", "figures", "claims", "report"),
        *("check", "all", "verdict", "gather", "prune", "provenance", "rate_function"),
        *("exact_part", "study_page", "claims_page"),
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
        _check_model(CLAIMS[claim.claim].models, study, config, (*path, "study"))
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
    if isinstance(figure, CollapseFigure):
        _check_collapse(figure, config, path)
        return
    _check_one(figure.study, config.studies, "studies", (*path, "study"))
    study = config.studies[figure.study]
    if isinstance(figure, RateFunctionFigure):
        _check_rate_function(figure, study, config, path)
    elif isinstance(figure, MapFigure):
        _check_map(figure, study, config, path)
    else:
        _check_subset(figure, study, path)
        if isinstance(figure, AgainstParticlesFigure):
            _check_lines(figure, study, config, path)


def _check_lines(figure: AgainstParticlesFigure, study: StudySpec, config: Config, path: _Path) -> None:
    """Check that the fits and the law that a figure shows exist."""
    if figure.fits:
        _check_fitted(figure.quantity, figure.study, study, (*path, "fits"))
    if figure.law == "critical":
        _check_model(COUNTEREXAMPLE, study, config, (*path, "study"))
        tilts = [m.tilt for name in figure.states or study.states for m in config.states[name].members()]
        if {(tilt, time) for tilt in tilts for time in figure.times or study.times} != {(0, 0.5)}:
            raise refusal("'critical'", "the critical law at p0 = 0.5, t = 0.5 only; choose them", *path, "law")


def _check_fitted(quantity: str, name: str, study: StudySpec, path: _Path) -> None:
    fitted = study.power_law.quantities if study.power_law else ()
    if quantity not in fitted:
        allowed = f"fits of what power_law of the study {name!r} lists: {', '.join(fitted) or 'none'}"
        raise refusal(f"fits of {quantity}", allowed, *path)


def _check_rate_function(figure: RateFunctionFigure, study: StudySpec, config: Config, path: _Path) -> None:
    _check_one(figure.state, study.states, f"states of the study {figure.study!r}", (*path, "state"))
    _check_model(COUNTEREXAMPLE, study, config, (*path, "study"))
    members = config.states[figure.state].members()
    if len(members) != 1 or not np.isfinite(members[0].tilt):
        raise refusal(repr(figure.state), "a single state with 0 < p0 < 1", *path, "state")


def _check_map(figure: MapFigure, study: StudySpec, config: Config, path: _Path) -> None:
    _check_family(figure.state, "p0", figure.study, config, (*path, "state"))
    if figure.particles is not None and figure.particles not in study.particles:
        allowed = f"particles of the study: {_list_briefly(study.particles)}"
        raise refusal(repr(figure.particles), allowed, *path, "particles")
    if len(study.times) < 2:
        raise refusal(f"{figure.study!r} with one time", "a study with at least 2 times", *path, "study")


def _check_collapse(figure: CollapseFigure, config: Config, path: _Path) -> None:
    shown: list[tuple[int, ...]] = []
    for index, (name, state) in enumerate(zip(figure.studies, figure.states, strict=True)):
        where: _Path = (*path, "studies", index)
        _check_one(name, config.studies, "studies", where)
        study = config.studies[name]
        _check_model(COUNTEREXAMPLE, study, config, where)
        _check_family(state, "tilt", name, config, (*path, "states", index))
        if len(study.particles) != 1 or study.particles in shown:
            found = f"{name!r} with particles {_list_briefly(study.particles)}"
            raise refusal(found, "studies with one particle number each, all different", *where)
        shown.append(study.particles)
        times = config.studies[figure.studies[0]].times
        if len(study.times) != 1 or study.times != times:
            found = f"{name!r} with times {_list_briefly(study.times)}"
            raise refusal(found, "studies with one time, the same in all", *where)


def _check_family(name: str, key: str, study: str, config: Config, path: _Path) -> None:
    """Check that a state of a figure is of its study, and a family in ``key``."""
    _check_one(name, config.studies[study].states, f"states of the study {study!r}", path)
    if len(getattr(config.states[name], key) or ()) < 2:
        raise refusal(repr(name), f"a family of states: at least 2 values of {key}", *path)


def _check_model(models: ModelClass, study: StudySpec, config: Config, path: _Path) -> None:
    if not models.contains(config.models[study.model].build()):
        raise refusal(f"a study of the model {study.model!r}", models.description, *path)


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
