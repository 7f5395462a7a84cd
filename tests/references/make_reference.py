"""Write paper.csv: numbers of the paper's model, from the definitions, with 50 digits.

``python tests/references/make_reference.py > tests/references/paper.csv``

Nothing of the package is used. For A1 = 0 and A2 = iZ⊗Z all terms of eq. (1) of arXiv:2601.13038 are diagonal, so
that the amplitude of a configuration z ∈ {±1}^N is ``∏ φ(z_i) exp(t/(N−1) Σ_{i<j} z_i z_j)``. It depends on the
number of z_i = +1 alone, and the one-particle state is a sum over that number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import mpmath as mp

mp.mp.dps = 50
DIGITS = 15  # more than the 12 that are compared, so that rounding does not matter
POPULATIONS = {"tilted": mp.mpf("0.6"), "balanced": mp.mpf("0.5")}
HEADER = "study,table,state,particles,time,branch,column,value"

Points = Sequence[tuple[str, str, tuple[int, ...], tuple[str, ...]]]

# (study, state, particles, times) that are in config/config.yaml
POINTS: Points = [
    ("dynamics_tilted", "tilted", (10, 100, 1000), ("0.25", "0.5", "1", "2")),
    ("dynamics_balanced", "balanced", (10, 100, 1000), ("0.25", "0.5", "1", "2")),
    ("convergence_linear", "tilted", (10, 250, 500), ("0.25", "1")),
    ("convergence_linear", "balanced", (10, 250, 500), ("0.25", "1")),
    ("late_times", "balanced", (10,), ("2", "10")),
]


def density(p0: mp.mpf, particles: int, time: mp.mpf) -> mp.matrix:
    """One-particle marginal, eq. (7), by summing over the other N − 1 particles."""
    others = particles - 1
    wavefunction = (mp.sqrt(p0), mp.sqrt(1 - p0))
    total = mp.zeros(2)
    for up in range(others + 1):
        pair_sums = (((2 * (up + mine) - particles) ** 2 - particles) / mp.mpf(2) for mine in (1, 0))
        amplitudes = [
            phi * mp.exp(time / others * pairs) for phi, pairs in zip(wavefunction, pair_sums, strict=True)
        ]
        weight = mp.binomial(others, up) * p0**up * (1 - p0) ** (others - up)
        for i in range(2):
            for j in range(2):
                total[i, j] += weight * amplitudes[i] * amplitudes[j]
    return total / (total[0, 0] + total[1, 1])


def linear_entropy(rho: mp.matrix) -> mp.mpf:
    """Eq. (11)."""
    return 1 - rho[0, 0] ** 2 - rho[1, 1] ** 2 - 2 * rho[0, 1] ** 2


def pure(imbalance: mp.mpf) -> tuple[mp.mpf, mp.mpf]:
    """Real wavefunction with |φ0|² − |φ1|² = imbalance."""
    return mp.sqrt((1 + imbalance) / 2), mp.sqrt((1 - imbalance) / 2)


def hartree_imbalance(p0: mp.mpf, time: mp.mpf) -> mp.mpf:
    """Eq. (21): ``sinh b = e^{2t} sinh h``, imbalance tanh b."""
    sinh = mp.exp(2 * time) * mp.sinh(mp.atanh(2 * p0 - 1))
    return sinh / mp.sqrt(1 + sinh**2)


def limit_imbalances(p0: mp.mpf, time: mp.mpf) -> list[mp.mpf]:
    """Imbalances of the branches: maxima of ``h m + t m² + entropy(m)``, where ``artanh m = h + 2 t m``."""
    tilt = mp.atanh(2 * p0 - 1)
    if tilt == 0 and 2 * time <= 1:
        return [mp.mpf(0)]
    inside = (mp.mpf("1e-12"), 1 - mp.mpf("1e-30"))
    found = mp.findroot(lambda m: m - mp.tanh(tilt + 2 * time * m), inside, solver="anderson", tol=1e-60)
    return [found] if tilt > 0 else [found, -found]


def reference_lines(points: Points) -> Iterator[str]:
    """Lines of the CSV file for some (study, state, particles, times)."""
    yield HEADER
    for *keys, value in _reference_rows(points):
        number = mp.nstr(mp.chop(value, tol=1e-40), DIGITS, strip_zeros=False, min_fixed=0, max_fixed=0)
        yield ",".join(map(str, [*keys, number]))


def _reference_rows(points: Points) -> Iterator[tuple[object, ...]]:
    for study, state, counts, times in points:
        p0 = POPULATIONS[state]
        for text in times:
            time = mp.mpf(text)
            hartree = pure(hartree_imbalance(p0, time))
            for index, component in enumerate(hartree):
                yield study, "hartree", state, "", text, "", f"phi_{index}_re", component
            branches = limit_imbalances(p0, time)
            for branch, imbalance in enumerate(branches):
                for index, component in enumerate(pure(imbalance)):
                    yield study, "limit", state, "", text, branch, f"nu_{index}_re", component
            mean = sum(branches) / len(branches)
            coherence = sum(mp.sqrt(1 - m**2) / 2 for m in branches) / len(branches)
            mixture = mp.matrix([[(1 + mean) / 2, coherence], [coherence, (1 - mean) / 2]])
            yield study, "limit", state, "", text, 0, "linear_entropy", linear_entropy(mixture)
            for count in counts:
                rho = density(p0, count, time)
                yield study, "exact", state, count, text, "", "rho_00_re", rho[0, 0]
                yield study, "exact", state, count, text, "", "rho_01_re", rho[0, 1]
                yield study, "exact", state, count, text, "", "linear_entropy", linear_entropy(rho)
                overlap = sum(hartree[i] * rho[i, j] * hartree[j] for i in range(2) for j in range(2))
                yield study, "comparison", state, count, text, "", "hartree_infidelity", 1 - overlap


if __name__ == "__main__":
    print(*reference_lines(POINTS), sep="\n")
