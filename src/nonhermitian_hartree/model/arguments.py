"""Numbers, times, particle numbers and arrays as callers pass them: read in any sensible form or refused."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping, Set
from itertools import pairwise
from math import inf, isfinite

import numpy as np

from nonhermitian_hartree.arrays import Complex, freeze
from nonhermitian_hartree.errors import ModelError

MOST_PARTICLES = 10**15
"""Beyond, whole numbers and their squares are lost in doubles."""


def read_particles(particles: object) -> list[int]:
    """Numbers of particles N ≥ 2 from one number or several; 20, 20.0, 1e3, [20] and arrays are all fine.

    Raises
    ------
    ModelError
        For an empty list, and for anything but whole numbers from 2 to 10¹⁵.
    """
    allowed = f"whole numbers from 2 to {MOST_PARTICLES:.0e}, one or a list of them"
    counts = []
    for item in _list("particles", particles, allowed):
        number = _real(item)
        if number is None or not (2 <= number <= MOST_PARTICLES and number == int(number)):
            raise refuse("particles", item, allowed)
        counts.append(int(number))
    return counts


def read_times(times: object, *, ascending: bool = False) -> list[float]:
    """Times t ≥ 0 from one number or several, strictly ascending if that is asked for.

    Raises
    ------
    ModelError
        For an empty list, for anything but finite real numbers ≥ 0, and if the order is wrong.
    """
    allowed = "finite numbers ≥ 0, one or a list of them"
    instants = []
    for item in _list("times", times, allowed):
        number = _real(item)
        if number is None or not 0 <= number < inf:
            raise refuse("times", item, allowed)
        instants.append(float(number))
    if ascending:
        for earlier, later in pairwise(instants):
            if not earlier < later:
                raise refuse("times", f"{later:g} after {earlier:g}", "strictly ascending times", quote=False)
    return instants


def read_number(name: str, value: object, allowed: str = "a finite number") -> float:
    """One finite real number.

    Raises
    ------
    ModelError
        Naming the argument, what was found, and what is allowed.
    """
    number = _real(value)
    if number is None or not isfinite(number):
        raise refuse(name, value, allowed)
    return float(number)


def read_array(name: str, value: object, allowed: str) -> Complex:
    """Read-only array of complex numbers from an array or nested lists.

    Raises
    ------
    ModelError
        If it is no array of numbers: text, ragged lists, operators of other packages.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iufc":
            raise TypeError
        return freeze(array)
    except (TypeError, ValueError):
        raise refuse(name, value, allowed) from None


def refuse(name: str, found: object, allowed: str, *, quote: bool = True) -> ModelError:
    """Error that names an argument, what was found, and what is allowed."""
    return ModelError(f"{name}: found {_describe(found) if quote else found}; allowed: {allowed}")


def _list(name: str, value: object, allowed: str) -> list[object]:
    if isinstance(value, np.ndarray) and value.ndim > 1:
        raise refuse(name, value, allowed)
    if isinstance(value, (str, bytes, Mapping, Set)):
        raise refuse(name, value, allowed)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return [value.item()]
    items = list(value) if isinstance(value, Iterable) else [value]
    if not items:
        raise refuse(name, "an empty list", allowed, quote=False)
    return items


def _real(value: object) -> float | None:
    """Return the value if it is a real number, None otherwise; true and false are no numbers."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        return None
    return value  # type: ignore[return-value]  # any real number, whole ones of any size


def _describe(value: object) -> str:
    if isinstance(value, (bool, np.bool_, numbers.Number, str, type(None))):
        return repr(value.item() if isinstance(value, np.generic) else value)
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"
