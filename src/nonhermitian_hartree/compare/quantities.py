"""The three distances that a comparison holds, by name, and from which infidelity on Hartree counts as failing."""

from __future__ import annotations

from typing import Literal, get_args

Quantity = Literal["linear_entropy", "hartree_infidelity", "limit_infidelity"]
"""Linear entropy (11), infidelity to Hartree (12), infidelity to the limit (47)."""
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

HARTREE_THRESHOLD = 1e-3
"""Infidelity of the Hartree state in the limit that counts as failure, unless another is asked for."""
