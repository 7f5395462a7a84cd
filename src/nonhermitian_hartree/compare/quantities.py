"""The three distances that a comparison holds, by name."""

from __future__ import annotations

from typing import Literal

Quantity = Literal["linear_entropy", "hartree_infidelity", "limit_infidelity"]
"""Linear entropy (11), infidelity to Hartree (12), infidelity to the limit (47)."""
