r"""Large-N forms of the unnormalised ρ^(1) of the counterexample, eq. (23)–(27), (31)–(32), (37)–(39), (43)–(44).

Everything is a logarithm, because the values grow like e^{N f_t}. Laplace's method needs f_t'' < 0 at the
maximiser, so all of this diverges at |φ0|² = ½, t = ½.
"""

from __future__ import annotations

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.limit.rate_function import find_maximisers, rate_function, rate_function_curvature
from nonhermitian_hartree.numerics.special import population_of_one


def log_laplace_marginal(particles: int, tilt: float, time: float) -> Real:
    """Logarithms of ρ00, ρ11 and |ρ01| by Laplace's method, eq. (32), (37)–(39), (43)–(44); shape (3,).

    Sums over all global maximisers: one for |φ0|² ≠ ½, two for |φ0|² = ½ and t > ½.
    """
    from scipy.special import logsumexp  # here, because its import takes longer than reading a configuration

    maximisers = find_maximisers(tilt, time)
    fields = np.array([a for a, chosen in zip(maximisers.fields, maximisers.is_global, strict=True) if chosen])
    x = population_of_one(fields)
    common = (
        particles * rate_function(x, tilt, time)
        - 4 * time * x * (1 - x)
        - 0.5 * np.log(-rate_function_curvature(x, time))
    )
    # √((1−x)/x) = e^a for ρ00, its inverse for ρ11; for ρ01 √(p0/p1) √(x/(1−x)) e^{2t(1−2x)}, eq. (39)
    coherence = tilt - fields + 2 * time * np.tanh(fields)
    return np.array([logsumexp(common + extra) for extra in (fields, -fields, coherence)])
