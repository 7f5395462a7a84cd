"""Reference: the Hartree equation (10) in 40 digits, by extrapolation of the modified midpoint rule.

Gragg's method (Hairer, Nørsett, Wanner, II.9): midpoint sums with 2, 4, …, 2K steps of a macro step, extrapolated
in the square of the step; order 2K. Neither the method nor the gauge is that of the package: iφ̇ = H_φ φ as it
stands, with the norm divided out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import acb, ctx

from nonhermitian_hartree.model.hamiltonian import Model

BITS = 140
COLUMNS = 12


def reference_projectors(
    model: Model, amplitudes: np.ndarray, times: Sequence[float], largest_step: float
) -> np.ndarray:
    """|φ⟩⟨φ| at each of the ascending times; (T, d, d) complex, good to rounding of doubles."""
    with ctx.workprec(BITS):
        centre = np.vectorize(lambda z: z.mid(), otypes=[object])
        convert = np.vectorize(lambda z: acb(complex(z)), otypes=[object])
        conjugate = np.vectorize(lambda z: z.conjugate(), otypes=[object])
        d = model.dimension
        one, two = convert(model.one_body), convert(model.two_body)

        def velocity(phi: np.ndarray) -> np.ndarray:
            bra = conjugate(phi)
            field = two.dot(np.outer(phi, phi).ravel()).reshape(d, d).dot(bra)
            return centre(acb(0, -1) * (one.dot(phi) + field / bra.dot(phi)))

        def advance(phi: np.ndarray, step: acb) -> np.ndarray:
            table: list[np.ndarray] = []
            for k in range(1, COLUMNS + 1):
                h = step / (2 * k)
                before, now = phi, phi + h * velocity(phi)
                for _ in range(2 * k - 1):
                    before, now = now, before + 2 * h * velocity(now)
                row = [(before + now + h * velocity(now)) / 2]
                for j in range(1, k):
                    row.append(row[-1] + (row[-1] - table[j - 1]) / ((acb(k) / (k - j)) ** 2 - 1))
                table = row
            phi = centre(table[-1])
            return centre(phi / sum((abs(z) ** 2 for z in phi), acb(0)).sqrt())

        phi, now, projectors = convert(amplitudes), 0.0, []
        for time in times:
            count = int(np.ceil((time - now) / largest_step))
            for _ in range(count):
                phi = advance(phi, (acb(time) - acb(now)) / count)
            now = time
            square = sum((abs(z) ** 2 for z in phi), acb(0))
            projectors.append(np.outer(phi, conjugate(phi)) / square)
        return np.array([[[complex(z) for z in row] for row in matrix] for matrix in projectors])
