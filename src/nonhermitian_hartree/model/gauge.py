"""A model in its own gauge: what A1 and A2 may exchange belongs to A1, and traces to neither."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from nonhermitian_hartree.model.hamiltonian import Model


def remove_gauge(model: Model) -> tuple[Model, complex]:
    """Traceless A1, and A2 without partial traces, of the same A^(N) up to ``N·shift``; and the shift.

    ``A2 = B⊗1 + 1⊗B`` is the same as ``A1 = B``, and ``A2 = z`` as ``A1 = z/2``, for every N. Numbers that
    are to be
    the same in every gauge (scales, steps, errors) are taken from the model that this returns. The parts are
    separated in rational arithmetic: what is left is rounded relative to itself, however large the shift was.
    """
    d = model.dimension
    levels = range(d)
    one = [[_exact(z) for z in row] for row in model.one_body.tolist()]
    two = model.two_body_tensor.tolist()
    pair = {(i, j, k, m): _exact(two[i][j][k][m]) for i in levels for j in levels for k in levels for m in levels}
    swapped = {(i, j, k, m): _half(pair[i, j, k, m], pair[j, i, m, k]) for i, j, k, m in pair}
    partial = [[_sum(swapped[i, j, k, j] for j in levels) for k in levels] for i in levels]
    trace = _scale(_sum(partial[i][i] for i in levels), Fraction(1, d * d))
    # A2 = B⊗1 + 1⊗B + z + rest, with a traceless B = partial/d − z
    body = [[_scale(partial[i][k], Fraction(1, d)) for k in levels] for i in levels]
    for i in levels:
        body[i][i] = _difference(body[i][i], trace)
    rest = np.empty((d, d, d, d), dtype=complex)
    for (i, j, k, m), value in swapped.items():
        removed = [(Fraction(0), Fraction(0))]
        if j == m:
            removed.append(body[i][k])
        if i == k:
            removed.append(body[j][m])
        if i == k and j == m:
            removed.append(trace)
        rest[i, j, k, m] = _float(_difference(value, _sum(removed)))
    total = [[_sum([one[i][k], body[i][k]]) for k in levels] for i in levels]
    mean = _scale(_sum(total[i][i] for i in levels), Fraction(1, d))
    matrix = np.array(
        [[_float(_difference(total[i][k], mean) if i == k else total[i][k]) for k in levels] for i in levels]
    )
    shift = _sum([mean, _scale(trace, Fraction(1, 2))])
    return Model(matrix, rest.reshape(d * d, d * d)), _float(shift)


def strength(model: Model) -> float:
    """``‖A1‖ + ‖A2‖`` (spectral norms) of a model without gauge parts: the inverse time scale of its flow."""
    return max(float(np.linalg.norm(model.one_body, 2) + np.linalg.norm(model.two_body, 2)), 1e-300)


Rational = tuple[Fraction, Fraction]


def _exact(number: complex) -> Rational:
    return Fraction(number.real), Fraction(number.imag)


def _float(number: Rational) -> complex:
    return complex(float(number[0]), float(number[1]))


def _sum(numbers: object) -> Rational:
    real, imag = Fraction(0), Fraction(0)
    for a, b in numbers:  # type: ignore[attr-defined]
        real, imag = real + a, imag + b
    return real, imag


def _scale(number: Rational, factor: Fraction) -> Rational:
    return number[0] * factor, number[1] * factor


def _difference(first: Rational, second: Rational) -> Rational:
    return first[0] - second[0], first[1] - second[1]


def _half(first: Rational, second: Rational) -> Rational:
    return _scale(_sum([first, second]), Fraction(1, 2))
