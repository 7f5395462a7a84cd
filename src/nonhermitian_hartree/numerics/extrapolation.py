"""Extrapolation to N → ∞ of what is a power series in 1/N."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real


def weights_at_infinity(particles: ArrayLike) -> Real:
    """Weights w with ``Σ_i w_i f(N_i)`` the value at 1/N = 0 of the polynomial in 1/N through the points.

    Lagrange's formula, ``w_i = Π_{j≠i} N_i / (N_i − N_j)``; shape (K,) for K different N.
    """
    number = np.asarray(particles, dtype=float)
    difference = number[:, None] - number[None, :]
    np.fill_diagonal(difference, 1)
    factor = number[:, None] / difference
    np.fill_diagonal(factor, 1)
    return np.asarray(factor.prod(axis=1))
