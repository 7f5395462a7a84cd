"""The three distances that a comparison holds, by name, and what counts: a failure, a value above its error."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Quantity = Literal["linear_entropy", "hartree_infidelity", "limit_infidelity"]
"""Linear entropy (11), infidelity to Hartree (12), infidelity to the limit (47)."""
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

VerdictQuantity = Literal["largest_infidelity", "first_failure_time", "judgement"]
"""What a verdict says: I of N → ∞ at its largest over the times, and when it first exceeds the threshold."""
VERDICT_QUANTITIES: tuple[VerdictQuantity, ...] = get_args(VerdictQuantity)

HARTREE_THRESHOLD = 1e-3
"""Infidelity of the Hartree state in the limit that counts as failure, unless another is asked for."""

LARGEST_RELATIVE_ERROR = 0.01
"""A value with a larger numerical error says nothing about a power law."""


def is_above_error(values: ArrayLike, errors: ArrayLike) -> NDArray[np.bool_]:
    """Whether each value is positive and finite, and its error at most 1 % of it: what a fit uses."""
    y, noise = (np.asarray(a, dtype=float) for a in (values, errors))
    # written so that NaN fails
    return np.asarray((y > 0) & np.isfinite(y) & (noise <= LARGEST_RELATIVE_ERROR * y))
