"""Every limit is compared with exact norms: right ones pass, also near a transition; wrong ones do not."""

from dataclasses import replace

import pytest

from nonhermitian_hartree.compare.limit_check import check_limits
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.model.state import ProductState
from tests.systems import BALANCED, COUNTEREXAMPLE, TRANSVERSE_MIXING


@pytest.mark.parametrize("time", [0.5, 0.6, 0.625, 0.65])
def test_a_right_limit_passes_close_to_a_transition(time):
    """The limit splits at t = 0.518372; just after it, norms at N ≤ 200 alone extrapolate to the wrong rate."""
    limits = limit_states(TRANSVERSE_MIXING, BALANCED, [time])
    (check,) = check_limits(TRANSVERSE_MIXING, BALANCED, [time], limits)
    assert check.rate == limits[0].rate
    assert abs(check.rate - check.extrapolated) < 1e-3


@pytest.mark.parametrize("shift", [-0.02, 0.02])
def test_a_wrong_rate_is_refused(shift):
    (limit,) = limit_states(TRANSVERSE_MIXING, BALANCED, [0.9])
    wrong = replace(limit, branches=tuple(replace(b, rate=b.rate + shift) for b in limit.branches))
    with pytest.raises(ConvergenceError, match="exact norms up to N = 800 extrapolate"):
        check_limits(TRANSVERSE_MIXING, BALANCED, [0.9], [wrong])


def test_closed_forms_are_checked_too():
    state, times = ProductState.from_population(0.6), [0.0, 0.5, 2.0]
    checks = check_limits(COUNTEREXAMPLE, state, times, limit_states(COUNTEREXAMPLE, state, times))
    assert max(abs(check.rate - check.extrapolated) for check in checks) < 1e-6
