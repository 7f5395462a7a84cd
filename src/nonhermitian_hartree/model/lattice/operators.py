"""Operators on lattices, by what physicists name: hopping, onsite energies, contact and density interactions.

Sites of a lattice of shape (L_x, L_y, …) are numbered from 0 in row-major order. One-body operators are sparse
(d, d) arrays, two-body operators are `PairCouplings`; both add up with ``+`` and are what `Model` takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_array, refuse
from nonhermitian_hartree.model.pair_couplings import Levels, PairCouplings

if TYPE_CHECKING:  # its import takes as long as a small model
    import scipy.sparse as sp

BOUNDARIES = ("open", "periodic")
FEWEST_ON_RING = 3


def hopping(amplitude: complex, shape: Sequence[int], boundary: str = "open") -> sp.csr_array:
    """``J Σ (|i⟩⟨j| + |j⟩⟨i|)`` over the bonds between nearest neighbours; sparse (d, d).

    Parameters
    ----------
    amplitude : complex
        J, the same in both directions of a bond also where it is complex; energy in units of 1/time.
    shape : sequence of int
        Sites in each direction.
    boundary : str
        ``open``, or ``periodic`` for a bond between the ends of every direction, of 3 sites at least.

    Raises
    ------
    ModelError
        Naming the argument that is none of these.
    """
    lengths = read_shape(shape)
    if boundary not in BOUNDARIES:
        raise refuse("boundary", boundary, " or ".join(BOUNDARIES))
    if boundary == "periodic" and min(lengths) < FEWEST_ON_RING:
        raise refuse(
            "shape", list(lengths), f"at least {FEWEST_ON_RING} sites in each periodic direction", quote=False
        )
    sites = np.arange(prod(lengths)).reshape(lengths)
    bonds = []
    for axis, length in enumerate(lengths):
        last = length if boundary == "periodic" else length - 1
        here = np.take(sites, range(last), axis)
        bonds.append(np.stack([here.ravel(), np.take(sites, np.arange(1, last + 1) % length, axis).ravel()]))
    first, second = np.concatenate(bonds, axis=1)
    value = _number("amplitude", amplitude)
    return _one_body(
        sites.size, np.append(first, second), np.append(second, first), np.full(2 * len(first), value)
    )


def onsite(energy: object, dimension: int) -> sp.csr_array:
    """``Σ ε_i |i⟩⟨i|``; sparse (d, d). Losses at a rate γ of the density are ``ε = −iγ/2``.

    Parameters
    ----------
    energy : complex, (d,) sequence, or (site, complex) pairs as a mapping or a list
        One for all sites, one for each, or those that are not zero.
    dimension : int
        d.

    Raises
    ------
    ModelError
        If a length is wrong, or a site is out of range or twice.
    """
    values = _per_site("onsite", energy, dimension)
    sites = np.arange(dimension)
    return _one_body(dimension, sites, sites, values)


def entries(elements: Sequence[tuple[int, int, complex]], dimension: int) -> sp.csr_array:
    """``Σ value |to⟩⟨from|`` over a list of (to, from, value); sparse (d, d).

    Raises
    ------
    ModelError
        If a site is out of range, or an element stands there twice.
    """
    levels, values = _read_elements("entries", elements, dimension, 2)
    return _one_body(dimension, levels[0], levels[1], values)


def contact(strength: object, dimension: int) -> PairCouplings:
    """``Σ U_i |ii⟩⟨ii|``: two particles interact on the same site.

    Parameters
    ----------
    strength : complex, (d,) sequence, or (site, complex) pairs as a mapping or a list
    dimension : int
        d.

    Raises
    ------
    ModelError
        If a length is wrong, or a site is out of range or twice.
    """
    return PairCouplings.contact(_per_site("contact", strength, dimension))


def density(strengths: Sequence[tuple[int, int, complex]], dimension: int) -> PairCouplings:
    """``Σ V_ij |ij⟩⟨ij|`` over a list of (i, j, V_ij), then made symmetric: (A2 + S A2 S)/2.

    V_ij and V_ji count half each, so that (i, j, V) and (j, i, V) together are an energy V per pair on i and j.

    Raises
    ------
    ModelError
        If a site is out of range, or a pair stands there twice.
    """
    levels, values = _read_elements("density", strengths, dimension, 2)
    return _symmetrise(dimension, np.concatenate([levels, levels]), values)


def terms(elements: Sequence[tuple[int, int, int, int, complex]], dimension: int) -> PairCouplings:
    """``Σ value |ij⟩⟨kl|`` over a list of (i, j, k, l, value), then made symmetric: (A2 + S A2 S)/2.

    Raises
    ------
    ModelError
        If a site is out of range, or an element stands there twice.
    """
    return _symmetrise(dimension, *_read_elements("terms", elements, dimension, 4))


def read_shape(shape: Sequence[int], dimension: int | None = None) -> tuple[int, ...]:
    """Sites in each direction, whose product is the dimension if that is given.

    Raises
    ------
    ModelError
        Naming both.
    """
    lengths = tuple(shape) if isinstance(shape, Sequence) else ()
    if not lengths or not all(_is_whole(length) and length > 0 for length in lengths) or prod(lengths) < 2:
        raise refuse("shape", shape, "a list of whole numbers > 0 whose product is at least 2")
    if dimension is not None and prod(lengths) != dimension:
        raise ModelError(
            f"shape: found {list(lengths)}, which has {prod(lengths)} sites; allowed: a product of {dimension}, "
            "the dimension"
        )
    return lengths


def require_sites(name: str, sites: object, dimension: int, count: int) -> None:
    """Let so many sites from 0 to d − 1 pass.

    Raises
    ------
    ModelError
        Naming them.
    """
    listed = tuple(sites) if isinstance(sites, Sequence) else (sites,)
    if len(listed) != count or not all(_is_whole(site) and 0 <= site < dimension for site in listed):
        kind = "a whole number" if count == 1 else f"{count} whole numbers"
        allowed = f"{kind} from 0 to {dimension - 1}"
        raise refuse(name, _show_sites(listed), allowed, quote=False)


def _read_elements(
    name: str, elements: Sequence[tuple[object, ...]], dimension: int, count: int
) -> tuple[Levels, Complex]:
    """Sites (count, n) and values (n,) of a list of tuples that end in a value; each sites once."""
    found: dict[tuple[object, ...], complex] = {}
    for element in elements:
        sites, value = tuple(element[:-1]), element[-1]
        require_sites(name, sites, dimension, count)
        if sites in found:
            raise refuse(name, f"{_show_sites(sites)} twice", "each once", quote=False)
        found[sites] = _number(name, value)
    levels = np.array(list(found), dtype=np.intp).reshape(-1, count).T
    return levels, np.array(list(found.values()), dtype=np.complex128)


def _symmetrise(dimension: int, levels: Levels, values: Complex) -> PairCouplings:
    whole = PairCouplings.from_elements(dimension, levels, values)
    return (whole + whole.permuted((1, 0, 3, 2))).scaled(0.5)


def _show_sites(sites: Sequence[object]) -> str:
    return f"site {sites[0]!r}" if len(sites) == 1 else f"sites {', '.join(map(repr, sites))}"


def _per_site(name: str, values: object, dimension: int) -> Complex:
    listed = values.items() if isinstance(values, Mapping) else values
    if isinstance(listed, Iterable) and not isinstance(listed, (str, np.ndarray)):
        pairs = list(listed)
        if pairs and all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
            (sites,), numbers = _read_elements(name, pairs, dimension, 1)
            found = np.zeros(dimension, dtype=np.complex128)
            found[sites] = numbers
            return found
    allowed = f"a number, {dimension} numbers, or pairs of a site and a number"
    array = read_array(name, values, allowed)
    if array.shape not in ((), (dimension,)):
        raise refuse(name, values if array.ndim != 1 else f"{len(array)} numbers", allowed, quote=array.ndim != 1)
    if not np.isfinite(array).all():
        raise refuse(name, "a number that is not finite", allowed, quote=False)
    return np.broadcast_to(array, (dimension,)).astype(np.complex128)


def _number(name: str, value: object) -> complex:
    array = read_array(name, value, "finite numbers")
    if array.shape != () or not np.isfinite(array):
        raise refuse(name, value, "finite numbers")
    return complex(array)


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))


def _one_body(dimension: int, rows: Levels, columns: Levels, values: Complex) -> sp.csr_array:
    import scipy.sparse as sp

    return sp.csr_array(sp.coo_array((values, (rows, columns)), shape=(dimension, dimension), dtype=np.complex128))
