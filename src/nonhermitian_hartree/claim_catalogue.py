"""Every claim that the package can judge: what it says, where it is made, and which tables it is measured on.

A new claim is one entry here and one function of the same name in a `claims_…` module.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """A statement about the tables of one study.

    Attributes
    ----------
    source : str
        Where the statement is made.
    statement : str
        What it says, in one sentence.
    tables : tuple of str
        Tables of the study that it is measured on.
    fitted : str
        The quantity whose power law it needs, if any.
    """

    source: str
    statement: str
    tables: tuple[str, ...]
    fitted: str = ""


CLAIMS: dict[str, Claim] = {
    "entropy_scales_inversely": Claim(
        "§4.1, fig. 2c and 2d",
        "the linear entropy falls as 1/N (exponent -1)",
        ("power_law",),
        fitted="linear_entropy",
    ),
    "entropy_saturates": Claim(
        "eq. (46), fig. 2b",
        "for p0 = 1/2 and t > 1/2 the linear entropy tends to 1/2 - 2 x*(1 - x*) > 0",
        ("comparison", "limit"),
    ),
    "late_state_is_maximally_mixed": Claim(
        "§3.1.2",
        "for p0 = 1/2 the linear entropy of the limit tends to 1/2 as t grows",
        ("limit",),
    ),
    "critical_time": Claim(
        "§3.1 and §4.1",
        "for p0 = 1/2 the transition is at t = 1/2 (where the curves sqrt(N) S_L of different N cross)",
        ("comparison",),
    ),
    "hartree_fails": Claim(
        "§4.2, fig. 3a",
        "the infidelity to Hartree tends to the nonzero one of the limit (40) against (21)",
        ("comparison", "limit"),
    ),
    "hartree_holds_before_transition": Claim(
        "§4.2, fig. 3b",
        "for p0 = 1/2 and t < 1/2 the infidelity to Hartree tends to zero (exponent -1)",
        ("comparison", "power_law"),
        fitted="hartree_infidelity",
    ),
    "limit_infidelity_scales_inversely": Claim(
        "§4.3, fig. 4b",
        "the infidelity to the limit falls as 1/N (exponent -1) where the limit is pure",
        ("power_law",),
        fitted="limit_infidelity",
    ),
    "limit_infidelity_scales_inverse_square": Claim(
        "§4.3, fig. 4b",
        "the infidelity to the limit falls as 1/N^2 (exponent -2) for p0 = 1/2 and t > 1/2",
        ("power_law",),
        fitted="limit_infidelity",
    ),
    "mixture_is_mirror_symmetric": Claim(
        "eq. (45), §3.1.2",
        "for p0 = 1/2 and t > 1/2 the limit is half of a pure state and half of its mirror image",
        ("limit",),
    ),
    "balanced_state_is_unstable": Claim(
        "§3, below eq. (22)",
        "under Hartree a small imbalance grows as exp(2t)",
        ("hartree",),
    ),
    "poles_attract": Claim(
        "§3, below eq. (22)",
        "under Hartree every state with p0 != 1/2 ends in |0> or |1>",
        ("hartree",),
    ),
    "poles_stay": Claim(
        "§3, §3.1",
        "from |0> and |1> the linear entropy and the infidelity to Hartree are zero at every N and t",
        ("comparison",),
    ),
    "maximiser_is_unique": Claim(
        "§3.1, eq. (28)-(35)",
        "f_t has one global maximiser, except two mirror images for p0 = 1/2 and t > 1/2",
        ("limit",),
    ),
    "maximiser_avoids_convex_part": Claim(
        "§3.1, eq. (33)-(36)",
        "for t > 1/2 the global maximiser lies outside [r-, r+], and it moves continuously in t",
        ("limit",),
    ),
    "hartree_solves_its_equation": Claim(
        "eq. (20)-(22)",
        "the closed form (21) solves the Hartree equation (20)",
        ("hartree",),
    ),
    "limit_solves_its_equation": Claim(
        "eq. (36), (42)",
        "the limit state solves the effective equation (42)",
        ("limit",),
    ),
    "limit_is_hartree_only_at_start": Claim(
        "§3.1.1, below eq. (42)",
        "limit and Hartree agree at t = 0 and for p0 = 0, 1/2 (until t = 1/2), 1, and nowhere else",
        ("limit",),
    ),
    "laplace_converges": Claim(
        "eq. (23)-(32), (37)-(39), (43)-(44)",
        "Laplace's method gives the unnormalised marginal with a relative error that falls as 1/N",
        ("exact",),
    ),
}
