"""Every claim that the package can judge: what it says, where it is made, and what is measured to test it.

Those here are about the results of arXiv:2601.13038 on its counterexample, A1 = 0 and A2 = iZ⊗Z. A new claim is
one entry here or in `catalogue_beyond`, and the function in a module of this folder that measures it.
"""

from __future__ import annotations

from nonhermitian_hartree.claims.catalogue_beyond import CLAIMS_BEYOND
from nonhermitian_hartree.claims.catalogue_lattices import CLAIMS_ON_LATTICES
from nonhermitian_hartree.claims.claim import CRITICAL_TIME_TOLERANCE, EXPONENT_TOLERANCE, Claim
from nonhermitian_hartree.claims.measures import finite, limit
from nonhermitian_hartree.model.classes import ANY_MODEL, ANY_QUBIT

CLAIMS_ON_THE_COUNTEREXAMPLE = (
    Claim(
        finite.entropy_scales_inversely,
        "§4.1, fig. 2c and 2d",
        "the linear entropy falls as 1/N (exponent -1) where the limit is pure",
        ("power_law",),
        expected=-1,
        tolerance=EXPONENT_TOLERANCE,
        fitted="linear_entropy",
        models=ANY_MODEL,
    ),
    Claim(
        finite.entropy_saturates,
        "eq. (46), fig. 2b",
        "for p0 = 1/2 and t > 1/2 the linear entropy tends to 1/2 - 2 x*(1 - x*) > 0",
        ("comparison", "limit"),
        expected=1,
        tolerance=1e-6,
    ),
    Claim(
        limit.late_state_is_maximally_mixed,
        "§3.1.2",
        "for p0 = 1/2 the linear entropy tends to 1/2 as t grows, at finite N and in the limit",
        ("comparison", "limit"),
        expected=0.5,
        tolerance=1e-6,
    ),
    Claim(
        finite.critical_time,
        "§3.1 and §4.1",
        "for p0 = 1/2 the transition is at t = 1/2 (where the curves sqrt(N) S_L of different N cross)",
        ("comparison",),
        expected=0.5,
        tolerance=CRITICAL_TIME_TOLERANCE,
    ),
    Claim(
        finite.hartree_fails,
        "§4.2, fig. 3a",
        "the infidelity to Hartree tends to the nonzero one of the limit (40) against (21)",
        ("comparison", "limit"),
        expected=1,
        tolerance=1e-3,
    ),
    Claim(
        finite.hartree_holds_before_transition,
        "§4.2, fig. 3b",
        "for p0 = 1/2 and t < 1/2 the infidelity to Hartree tends to zero (exponent -1)",
        ("comparison", "power_law"),
        expected=-1,
        tolerance=EXPONENT_TOLERANCE,
        fitted="hartree_infidelity",
    ),
    Claim(
        finite.limit_infidelity_scales_inversely,
        "§4.3, fig. 4b",
        "the infidelity to the limit falls as 1/N (exponent -1) where the limit is pure",
        ("power_law",),
        expected=-1,
        tolerance=EXPONENT_TOLERANCE,
        fitted="limit_infidelity",
        models=ANY_MODEL,
    ),
    Claim(
        finite.limit_infidelity_scales_inverse_square,
        "§4.3, fig. 4b",
        "the infidelity to the limit falls as 1/N^2 (exponent -2) where the limit is mixed, "
        "as for p0 = 1/2 and t > 1/2",
        ("power_law",),
        expected=-2,
        tolerance=EXPONENT_TOLERANCE,
        fitted="limit_infidelity",
        models=ANY_QUBIT,
    ),
    Claim(
        limit.mixture_is_mirror_symmetric,
        "eq. (45), §3.1.2",
        "for p0 = 1/2 and t > 1/2 the limit is half of a pure state and half of its mirror image",
        ("limit",),
        expected=0,
        tolerance=1e-14,
    ),
    Claim(
        limit.balanced_state_is_unstable,
        "§3, below eq. (22)",
        "under Hartree a small imbalance grows as exp(2t)",
        ("hartree",),
        expected=1,
        tolerance=1e-6,
    ),
    Claim(
        limit.poles_attract,
        "§3, below eq. (22)",
        "under Hartree every state with p0 != 1/2 ends in |0> or |1>",
        ("hartree",),
        expected=1,
        tolerance=1e-6,
    ),
    Claim(
        finite.poles_stay,
        "§3, §3.1",
        "from |0> and |1> the linear entropy and the infidelity to Hartree are zero at every N and t",
        ("comparison",),
        expected=0,
        tolerance=1e-15,
    ),
    Claim(
        limit.maximiser_is_unique,
        "§3.1, eq. (28)-(35)",
        "f_t has one global maximiser, except two mirror images for p0 = 1/2 and t > 1/2",
        ("limit",),
        expected=0,
        tolerance=0,
    ),
    Claim(
        limit.maximiser_avoids_convex_part,
        "§3.1, eq. (33)-(36)",
        "for t > 1/2 the global maximiser lies outside [r-, r+], and it moves continuously in t",
        ("limit",),
        expected=0,
        tolerance=0,
    ),
    Claim(
        limit.hartree_solves_its_equation,
        "eq. (20)-(22)",
        "the closed form (21) solves the Hartree equation (20)",
        ("hartree",),
        expected=0,
        tolerance=1e-10,
    ),
    Claim(
        limit.limit_solves_its_equation,
        "eq. (36), (42)",
        "the limit state solves the effective equation (42)",
        ("limit",),
        expected=0,
        tolerance=1e-10,
    ),
    Claim(
        limit.limit_is_hartree_only_at_start,
        "§3.1.1, below eq. (42)",
        "limit and Hartree agree at t = 0 and for p0 = 0, 1/2 (until t = 1/2), 1, and nowhere else",
        ("limit",),
        expected=0,
        tolerance=0,
    ),
    Claim(
        finite.laplace_converges,
        "eq. (23)-(32), (37)-(39), (43)-(44)",
        "Laplace's method gives the unnormalised marginal with a relative error that falls as 1/N",
        ("exact",),
        expected=-1,
        tolerance=EXPONENT_TOLERANCE,
    ),
    Claim(
        finite.laplace_fails_at_transition,
        "eq. (30), (32), (37)-(39)",
        "at p0 = 1/2 and t = 1/2, where f_t'' = 0, Laplace's method does not apply: "
        "the unnormalised marginal grows as N^(1/4) exp(N f_t), not as exp(N f_t)",
        ("exact",),
        expected=0.25,
        tolerance=EXPONENT_TOLERANCE,
    ),
)

CLAIMS = {claim.name: claim for claim in (*CLAIMS_ON_THE_COUNTEREXAMPLE, *CLAIMS_BEYOND, *CLAIMS_ON_LATTICES)}
