"""What a figure or a claim may ask of a study: plain facts, and the refusal if they are not as it needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.numbers import show_complex
from nonhermitian_hartree.model.classes import ModelClass
from nonhermitian_hartree.model.hamiltonian import Model

FamilyKey = Literal["p0", "tilt"]


@dataclass(frozen=True)
class StateFacts:
    """An initial state of a study, or a family of them.

    Attributes
    ----------
    family : str or None
        What it is a family in; None for a single state.
    tilts : tuple of float
        ``h = artanh(2 p0 − 1)`` of each member; NaN for d > 2.
    values : tuple of float
        What it is a family in, of each member; empty for a single state.
    """

    family: FamilyKey | None
    tilts: tuple[float, ...]
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class StudyFacts:
    """A study whose model and states exist and are of one dimension.

    Attributes
    ----------
    name, model_name : str
    models : tuple of Model
        One, or the corners of a family: its members at the first and last values of all parameters.
    parameters : mapping of str to tuple of complex
        Values of the parameters of the model, by name and in order.
    states : mapping of state name to StateFacts
        In the order of the study.
    particles, times : tuple
        N, none for a screening, and t in inverse units of the model's energies.
    fitted : tuple of str
        The quantities whose power laws are fitted.
    """

    name: str
    model_name: str
    models: tuple[Model, ...]
    parameters: Mapping[str, tuple[complex, ...]]
    states: Mapping[str, StateFacts]
    particles: tuple[int, ...]
    times: tuple[float, ...]
    fitted: tuple[str, ...]

    def check_model(self, models: ModelClass, *path: str | int) -> None:
        """Refuse another model than those of a class.

        A class is one model, or what linear conditions say: a family is in it if its corners are.
        """
        if not all(map(models.contains, self.models)):
            raise refusal(f"a study of the model {self.model_name!r}", models.description, *path)

    @property
    def varied_parameters(self) -> tuple[str, ...]:
        """Parameters of the model with more than one value."""
        return tuple(name for name, values in self.parameters.items() if len(values) > 1)

    def varied(self, state: str) -> dict[str, tuple[complex, ...]]:
        """What has several values in the rows of a state: ``time``, p0 or tilt of a family, and parameters."""
        facts = self.states[state]
        own: dict[str, tuple[float, ...]] = {} if facts.family is None else {facts.family: facts.values}
        parameters = {name: self.parameters[name] for name in self.varied_parameters}
        times = {"time": self.times} if len(self.times) > 1 else {}
        return {**times, **own, **parameters}

    def check_at(self, state: str, values: Mapping[str, complex], *path: str | int) -> None:
        """Refuse values of what does not vary in a state, or that are not of the study."""
        varied = self.varied(state)
        for name, value in values.items():
            if name not in varied:
                raise refusal("something else", f"values of {', '.join(varied) or 'nothing'}", *path, name)
            if not any(abs(value - known) <= 1e-9 * abs(known) for known in varied[name]):
                found = show_complex(value)
                allowed = f"a value of the study: {list_briefly([show_complex(v) for v in varied[name]])}"
                raise refusal(found, allowed, *path, name)

    def check_particles(self, what: str, *path: str | int) -> None:
        """Refuse a screening, where ``what`` needs exact states."""
        if not self.particles:
            allowed = "a study with particles, for this needs exact states"
            raise refusal(f"{what} of {self.name!r}, a study without particles", allowed, *path)

    def check_fitted(self, quantity: str, *path: str | int) -> None:
        """Refuse a study that does not fit the power law of a quantity."""
        if quantity not in self.fitted:
            listed = ", ".join(self.fitted) or "none"
            allowed = f"fits of what power_law of the study {self.name!r} lists: {listed}"
            raise refusal(f"fits of {quantity}", allowed, *path)

    def check_state(self, state: str, *path: str | int) -> None:
        """Refuse a state that is not of the study."""
        check_known(state, self.states, f"states of the study {self.name!r}", *path)

    def check_family(self, state: str, key: FamilyKey, *path: str | int) -> None:
        """Refuse a state that is not of the study, or not a family in ``key``."""
        self.check_state(state, *path)
        if self.states[state].family != key:
            raise refusal(repr(state), f"a family of states: at least 2 values of {key}", *path)

    def check_part(
        self,
        *,
        states: Iterable[str] | None = None,
        particles: Iterable[int] | None = None,
        times: Iterable[float] | None = None,
    ) -> None:
        """Refuse states, particle numbers and times that are not of the study."""
        chosen: list[tuple[str, Iterable[object] | None, Collection[object]]] = [
            ("states", states, self.states),
            ("particles", particles, self.particles),
            ("times", times, self.times),
        ]
        for key, values, known in chosen:
            for value in values or ():
                if value not in known:
                    raise refusal(repr(value), f"{key} of the study: {list_briefly(known)}", key)


def find_study(studies: Mapping[str, StudyFacts], name: str, *path: str | int) -> StudyFacts:
    """Return the study of this name, or refuse the name."""
    check_known(name, studies, "studies", *path)
    return studies[name]


def check_known(name: str, known: Iterable[str], what: str, *path: str | int) -> None:
    """Refuse a name that is not one of the known ones."""
    if name not in known:
        raise refusal(repr(name), f"{what}: {', '.join(known)}", *path)


def list_briefly(values: Collection[object]) -> str:
    """Write out at most eight values; of more, the first four and the last two."""
    shown = [str(value) for value in values]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:4], "…", *shown[-2:]])
