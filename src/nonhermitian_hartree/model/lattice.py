"""Operators on lattices, by what physicists name: hopping, onsite energies, contact and density interactions.

Sites of a lattice of shape (L_x, L_y, …) are numbered from 0 in row-major order. One-body operators are sparse
(d, d) arrays, two-body operators are `PairCouplings`; both add up with ``+`` and are what `Model` takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_array, refuse
from nonhermitian_hartree.model.pair_couplings import PairCouplings

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
    return _one_body(sites.size, np.append(first, second), np.append(second, first), np.full(2 * len(first), value))


def onsite(energy: object, dimension: int) -> sp.csr_array:
    """``Σ ε_i |i⟩⟨i|``; sparse (d, d). Losses at a rate γ of the density are ``ε = −iγ/2``.

    Parameters
    ----------
    energy : complex, (d,) sequence, or mapping of site to complex
        One for all sites, one for each, or those that are not zero.
    dimension : int
        d.

    Raises
    ------
    ModelError
        If a length is wrong, or a site is out of range.
    """
    values = _per_site("onsite", energy, dimension)
    sites = np.arange(dimension)
    return _one_body(dimension, sites, sites, values)


def entries(elements: Mapping[tuple[int, int], complex], dimension: int) -> sp.csr_array:
    """``Σ value |to⟩⟨from|`` over a mapping ``(to, from) → value``; sparse (d, d).

    Raises
    ------
    ModelError
        If a site is out of range.
    """
    for pair in elements:
        require_sites("entries", pair, dimension, 2)
    to, origin = np.array(list(elements), dtype=np.intp).reshape(-1, 2).T
    return _one_body(dimension, to, origin, np.array([_number("entries", value) for value in elements.values()]))


def contact(strength: object, dimension: int) -> PairCouplings:
    """``Σ U_i |ii⟩⟨ii|``: two particles interact on the same site.

    Parameters
    ----------
    strength : complex, (d,) sequence, or mapping of site to complex
    dimension : int
        d.

    Raises
    ------
    ModelError
        If a length is wrong, or a site is out of range.
    """
    return PairCouplings.contact(_per_site("contact", strength, dimension))


def density(strengths: Mapping[tuple[int, int], complex], dimension: int) -> PairCouplings:
    """``Σ V_ij |ij⟩⟨ij|`` over a mapping ``(i, j) → V_ij``, then made symmetric: (A2 + S A2 S)/2.

    A pair that stands in both orders counts with both of its values, halved.

    Raises
    ------
    ModelError
        If a site is out of range.
    """
    return terms({(*pair, *pair): value for pair, value in _checked("density", strengths, dimension, 2).items()}, dimension)


def terms(elements: Mapping[tuple[int, int, int, int], complex], dimension: int) -> PairCouplings:
    """``Σ value |ij⟩⟨kl|`` over a mapping ``(i, j, k, l) → value``, then made symmetric: (A2 + S A2 S)/2.

    Raises
    ------
    ModelError
        If a site is out of range.
    """
    listed = _checked("terms", elements, dimension, 4)
    levels = np.array(list(listed), dtype=np.intp).reshape(-1, 4).T
    whole = PairCouplings.from_elements(dimension, levels, np.array(list(listed.values()), dtype=np.complex128))
    return (whole + whole.permuted((1, 0, 3, 2))).scaled(0.5)


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
        found = listed[0] if len(listed) == 1 else listed
        raise refuse(name, f"site {found!r}" if count == 1 else f"sites {found!r}", _allowed(dimension, count), quote=False)


def _allowed(dimension: int, count: int) -> str:
    return f"{'a whole number' if count == 1 else f'{count} whole numbers'} from 0 to {dimension - 1}"


def _checked(
    name: str, elements: Mapping[tuple[int, ...], complex], dimension: int, count: int
) -> dict[tuple[int, ...], complex]:
    for levels in elements:
        require_sites(name, levels, dimension, count)
    return {levels: _number(name, value) for levels, value in elements.items()}


def _per_site(name: str, values: object, dimension: int) -> Complex:
    if isinstance(values, Mapping):
        found = np.zeros(dimension, dtype=np.complex128)
        for site, value in values.items():
            require_sites(name, site, dimension, 1)
            found[site] = _number(name, value)
        return found
    allowed = f"a number, {dimension} numbers, or a mapping of sites to numbers"
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


def _one_body(dimension: int, rows: object, columns: object, values: Complex) -> sp.csr_array:
    import scipy.sparse as sp

    return sp.csr_array(sp.coo_array((values, (rows, columns)), shape=(dimension, dimension), dtype=np.complex128))


def list_once(name: str, items: Sequence[tuple[tuple[int, ...], complex]]) -> dict[tuple[int, ...], complex]:
    """A mapping from pairs of sites and value, as a list in a configuration has them.

    Raises
    ------
    ModelError
        If sites stand there twice.
    """
    found: dict[tuple[int, ...], complex] = {}
    for sites, value in items:
        if sites in found:
            raise refuse(name, f"{', '.join(map(str, chain(sites)))} twice", "each site once", quote=False)
        found[sites] = value
    return found
