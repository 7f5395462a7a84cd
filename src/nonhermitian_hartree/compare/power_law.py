"""Power laws ``a N^b`` fitted to the tail of a curve, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.errors import FitError

FEWEST_POINTS = 3
LARGEST_RELATIVE_ERROR = 0.01


@dataclass(frozen=True)
class PowerLaw:
    """``prefactor · N^exponent`` with standard errors, and the points it was fitted to."""

    exponent: float
    exponent_stderr: float
    prefactor: float
    prefactor_stderr: float
    points: int
    particles_min: int
    particles_max: int

    def __call__(self, particles: ArrayLike) -> np.ndarray:
        """Value of the fitted law at N; elementwise."""
        return np.asarray(self.prefactor * np.asarray(particles, dtype=float) ** self.exponent)


def tail_length(points: int, tail_fraction: float) -> int:
    """How many of ``points`` values make the last ``tail_fraction``, rounded up."""
    return ceil(round(points * tail_fraction, 9))


def fit_power_law(
    particles: ArrayLike, values: ArrayLike, errors: ArrayLike, tail_fraction: float = 0.2
) -> PowerLaw:
    """Least-squares fit of ``ln value = ln a + b ln N`` to the last ``tail_fraction`` of the points.

    Parameters
    ----------
    particles : (P,) array of int
        Ascending.
    values : (P,) array
        The quantity at each N.
    errors : (P,) array
        Absolute numerical error of each value: a point whose error exceeds 1 % of its value is at the
        rounding floor and is refused.
    tail_fraction : float
        In (0, 1].

    Returns
    -------
    PowerLaw
        Standard errors are those of ordinary least squares (residual variance, P − 2 degrees of freedom);
        the one of the prefactor is ``a`` times that of ``ln a``.

    Raises
    ------
    FitError
        If the tail has fewer than 3 points, or one of them is not positive or at the rounding floor.
    """
    n, y, noise = (np.asarray(a, dtype=float) for a in (particles, values, errors))
    count = tail_length(n.size, tail_fraction)
    if count < FEWEST_POINTS:
        raise FitError(
            f"the tail (last {tail_fraction:g} of {n.size} points) has {count} points, a fit needs "
            f"{FEWEST_POINTS}: enlarge tail_fraction or the grid of particles"
        )
    n, y, noise = n[-count:], y[-count:], noise[-count:]
    for particle, value, error in zip(n, y, noise, strict=True):
        if not value > 0:
            raise FitError(f"the value {value:.3g} at N = {particle:.0f} is not positive, as a power law is")
        if not error <= LARGEST_RELATIVE_ERROR * value:
            raise FitError(
                f"the value {value:.3g} at N = {particle:.0f} is at the rounding floor (error {error:.1g}): "
                "end the grid of particles earlier"
            )
    x, z = np.log(n), np.log(y)
    centre = x.mean()
    spread = ((x - centre) ** 2).sum()
    exponent = float(((x - centre) * z).sum() / spread)
    log_prefactor = float(z.mean() - exponent * centre)
    variance = float(((z - log_prefactor - exponent * x) ** 2).sum()) / (count - 2)
    prefactor = float(np.exp(log_prefactor))
    return PowerLaw(
        exponent=exponent,
        exponent_stderr=float(np.sqrt(variance / spread)),
        prefactor=prefactor,
        prefactor_stderr=prefactor * float(np.sqrt(variance * (1 / count + centre**2 / spread))),
        points=count,
        particles_min=int(n[0]),
        particles_max=int(n[-1]),
    )
