"""Initial states on lattices: uniform, on one site, plane waves, Gaussian packets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_number, refuse
from nonhermitian_hartree.model.lattice.operators import read_shape, require_sites
from nonhermitian_hartree.model.state import ProductState


def uniform(dimension: int) -> ProductState:
    """``φ_i = 1/√d``."""
    return ProductState(np.full(dimension, dimension**-0.5, dtype=np.complex128))


def site(number: int, dimension: int) -> ProductState:
    """All particles on one site, 0 to d − 1.

    Raises
    ------
    ModelError
        If there is no such site.
    """
    require_sites("site", number, dimension, 1)
    return ProductState(np.eye(1, dimension, number, dtype=np.complex128)[0])


def plane_wave(numbers: Sequence[int], shape: Sequence[int]) -> ProductState:
    """``φ_x = e^{2πi Σ k_a x_a/L_a}/√d`` with a whole number k_a for each direction.

    Raises
    ------
    ModelError
        If there are not as many whole numbers as directions.
    """
    lengths = read_shape(shape)
    allowed = f"{len(lengths)} whole number{'s' if len(lengths) > 1 else ''}, one a direction"
    waves = [read_number("plane_wave", number, allowed) for number in _directions("plane_wave", numbers, lengths)]
    if not all(wave == int(wave) for wave in waves):
        raise refuse("plane_wave", list(numbers), allowed)
    phase = sum(
        2 * np.pi * (wave * x % length) / length
        for wave, x, length in zip(waves, _coordinates(lengths), lengths, strict=True)
    )
    return ProductState(np.exp(1j * np.asarray(phase)) / np.sqrt(len(np.asarray(phase))))


def gaussian(
    center: Sequence[float],
    width: Sequence[float] | float,
    momentum: Sequence[float] | float,
    shape: Sequence[int],
) -> ProductState:
    """``φ_x ∝ exp(−Σ (x_a − c_a)²/(4 w_a²) + i q_a x_a)``: the density has the standard deviation w.

    Lengths are in sites, momenta in radians per site; the packet is not continued across a boundary.

    Raises
    ------
    ModelError
        If a number a direction is missing, a width is not > 0, or no site is near enough to the centre.
    """
    lengths = read_shape(shape)
    centres, widths, momenta = (
        [read_number(name, value) for value in _directions(name, values, lengths)]
        for name, values in (("center", center), ("width", width), ("momentum", momentum))
    )
    if min(widths) <= 0:
        raise refuse("width", min(widths), "numbers > 0, in sites")
    exponent = sum(
        -((x - c) ** 2) / (4 * w * w) + 1j * q * x
        for x, c, w, q in zip(_coordinates(lengths), centres, widths, momenta, strict=True)
    )
    amplitudes = np.exp(np.asarray(exponent))
    norm = float(np.linalg.norm(amplitudes))
    if not norm > 1e-12:
        raise ModelError(f"gaussian: no site is near the center {centres}; allowed: a center on the lattice")
    return ProductState(amplitudes / norm)


def _directions(name: str, values: object, lengths: tuple[int, ...]) -> list[object]:
    """One value a direction; a single number stands for a chain, or for all directions."""
    listed = list(values) if isinstance(values, (Sequence, np.ndarray)) else [values] * len(lengths)
    if len(listed) != len(lengths):
        raise refuse(name, f"{len(listed)} numbers", f"{len(lengths)}, one a direction of the shape", quote=False)
    return listed


def _coordinates(lengths: tuple[int, ...]) -> list[Real]:
    """Coordinate of every site along each direction, (d,) each, sites in row-major order."""
    return [axis.ravel().astype(float) for axis in np.indices(lengths)]
