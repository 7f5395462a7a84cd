"""One study: a model, its initial states, and the particle numbers and times to compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nonhermitian_hartree.compare.power_law import FEWEST_POINTS, tail_length
from nonhermitian_hartree.compare.quantities import HARTREE_THRESHOLD
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.power_law import PowerLawSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.marginals import TOLERANCE
from nonhermitian_hartree.exact.parts import require_reach
from nonhermitian_hartree.fields.base import Spec, refusal, refusals_at
from nonhermitian_hartree.fields.grid import Particles, Times
from nonhermitian_hartree.fields.names import Name, Names
from nonhermitian_hartree.fields.numbers import RealNumber
from nonhermitian_hartree.fields.study_facts import FamilyKey, StateFacts, StudyFacts, check_known

POINTS_MAX = 10_000_000
GIGABYTES_MAX = 16


def bytes_of_point(dimension: int) -> int:
    """Memory that a row of the exact table takes while it is gathered and compared: its doubles, four times."""
    return 4 * 8 * (2 * dimension**2 + 16)


class StudySpec(Spec):
    """What is computed: every state at every particle number and time; ħ = 1, times in inverse coupling."""

    model: Name = Field(title="the name of a model", description="the Hamiltonian (1)")
    states: Names = Field(
        title="a list of names of states", description="the initial states (2), of the dimension of the model"
    )
    particles: Particles | None = Field(
        default=None,
        title="a list of numbers, or a grid {start, stop, num, spacing}",
        description="N, pure numbers, rounded to distinct whole ones from 2 to 10^15; without any, the study is a "
        "screening: Hartree, the limit and the verdict, no exact states and no comparison with them",
    )
    times: Times = Field(
        title="a list of numbers, or a grid {start, stop, num, spacing}",
        description="t ≥ 0, in inverse units of the model's energies (ħ = 1)",
    )
    power_law: PowerLawSpec | None = Field(
        default=None, title="a mapping, see below", description="fits of a N^b; none if absent"
    )
    tolerance: RealNumber = Field(
        default=TOLERANCE,
        gt=0,
        title="a number > 0",
        description="largest `error_bound` that a row may have: absolute, of every entry of a density matrix of "
        "trace 1 (a pure number)",
    )
    hartree_threshold: RealNumber = Field(
        default=HARTREE_THRESHOLD,
        gt=0,
        lt=1,
        title="a number in (0, 1)",
        description="infidelity, a pure number, from which on the verdict says that Hartree fails",
    )

    @model_validator(mode="after")
    def _check_tail(self) -> StudySpec:
        if self.power_law is not None and self.particles is None:
            raise refusal("power_law in a study without particles", "power_law beside particles", "power_law")
        if self.power_law is not None and self.particles is not None:
            points = tail_length(len(self.particles), self.power_law.tail_fraction)
            if points < FEWEST_POINTS:
                fraction = self.power_law.tail_fraction
                found = f"{fraction!r}, which leaves {points} of {len(self.particles)} particle numbers to fit"
                allowed = f"a fraction that leaves at least {FEWEST_POINTS}"
                raise refusal(found, allowed, "power_law", "tail_fraction")
            if self.times[0] == 0:
                allowed = (
                    "times > 0, for the study has a power_law and at t = 0 there is nothing to fit (all is zero)"
                )
                raise refusal("0", f"{allowed}; leave t = 0 to a study without power_law", "times", 0)
        return self

    def check_size(self, members: int, models: int, dimension: int) -> None:
        """Refuse a study whose tables fit into no memory, with how large they would be."""
        numbers = len(self.particles or (0,))  # rows of a screening are of no N
        points = numbers * len(self.times) * members
        gigabytes = points * bytes_of_point(dimension) / 1e9
        if points > POINTS_MAX or gigabytes > GIGABYTES_MAX:
            what = "initial states" if models == 1 else f"members ({models} models × {members // models} states)"
            found = (
                f"{f'{numbers} particle numbers × ' if self.particles else ''}{len(self.times)} times × "
                f"{members} {what} = {points:.2g} points, about {gigabytes:.2g} GB of memory"
            )
            allowed = f"at most {POINTS_MAX:.0e} points and {GIGABYTES_MAX} GB in one study"
            raise refusal(found, f"{allowed}; coarser grids, or several studies")

    def _check_reach(self, model: ModelSpec) -> None:
        """Refuse exact states of many modes where they are beyond every method, before anything is computed."""
        if self.particles is None or all(corner.is_diagonal for corner in model.corners()):
            return
        try:
            require_reach(model.dimension, max(self.particles))
        except AccuracyError as error:
            found, _, allowed = str(error).partition("; allowed: ")
            raise refusal(found, allowed, "particles") from None

    def facts(self, name: str, models: Mapping[str, ModelSpec], states: Mapping[str, StateSpec]) -> StudyFacts:
        """Return what figures and claims may ask of the study.

        Raises
        ------
        PydanticCustomError
            If the model or a state does not exist, if their dimensions differ, or if the study is too large.
        """
        check_known(self.model, models, "models", "model")
        model = models[self.model]
        dimension, placed = model.dimension, {}
        for index, state in enumerate(self.states):
            check_known(state, states, "states", "states", index)
            with refusals_of_state(state, index):
                placed[state] = states[state].on(model.shape)
            if placed[state].dimension != dimension:
                found = f"{state!r} of dimension {placed[state].dimension}"
                allowed = f"states of dimension {dimension}, that of the model {self.model!r}"
                raise refusal(found, allowed, "states", index)
        self._check_reach(model)
        families = sum(len(states[state].values()) for state in self.states)
        self.check_size(families * model.count_members(), model.count_members(), dimension)
        return StudyFacts(
            name=name,
            model_name=self.model,
            models=model.corners(),
            parameters=model.parameters,
            states={state: _state_facts(spec) for state, spec in placed.items()},
            particles=self.particles or (),
            times=self.times,
            fitted=self.power_law.quantities if self.power_law else (),
        )


@contextmanager
def refusals_of_state(name: str, index: int) -> Iterator[None]:
    """Say of refusals inside that they are of a state of a study on its lattice."""
    try:
        with refusals_at("states", index):
            yield
    except PydanticCustomError as error:
        context = error.context or {}
        *path, form = context["path"]
        raise refusal(f"{form} of {name!r}: {context['found']}", context["allowed"], *path) from None


def _state_facts(spec: StateSpec) -> StateFacts:
    family: FamilyKey | None = None
    if len(spec.tilts) > 1:
        family = "tilt" if spec.p0 is None else "p0"
    return StateFacts(family, spec.tilts, (spec.p0 or spec.tilt or ()) if family else ())
