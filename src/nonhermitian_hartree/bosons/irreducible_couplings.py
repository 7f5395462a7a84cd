"""A1 and A2 as an evolution takes them: exact, and without what changes only norm and phase of the state."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.bosons.integer_hamiltonian import IntegerCouplings
from nonhermitian_hartree.bosons.log_norm import choose_centre
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import clear_denominators, split_one_body_part

ExtendedArray = NDArray[np.clongdouble]


@dataclass(frozen=True, eq=False)
class IrreducibleCouplings:
    """``A^(N) − N constant`` with the one-body part of A2 in A1; equal to it on permutation-symmetric states.

    Parameters
    ----------
    exact : IntegerCouplings
        The couplings, nothing rounded.
    one_body, two_body : (d, d) and (d*d, d*d) complex arrays
        The same in extended precision, each part within half a unit of the last place.
    constant : (Fraction, Fraction)
        Real and imaginary part of the energy per particle that was taken away.
    """

    exact: IntegerCouplings
    one_body: ExtendedArray
    two_body: ExtendedArray
    constant: tuple[Fraction, Fraction]

    def hidden_norm_rate(self, time: Fraction) -> Fraction:
        """Growth of ``(1/N) ln⟨Ψ|Ψ⟩`` up to `time` that the constant stands for."""
        return 2 * self.constant[1] * time


def reduce_couplings(model: Model, particles: int) -> IrreducibleCouplings:
    """Couplings of `model` without their one-body part of A2, and without a constant.

    The doubles in A1 and A2 are exact data, and so are the results: however large a shift ``A2 + z 1`` or a change
    of gauge ``A1 + b, A2 − b⊗1 − 1⊗b``, it leaves no trace but in ``constant``. That is the trace, and the centre
    of what is left (`choose_centre`) at N = `particles`.
    """
    (one_body, two_body), denominator = clear_denominators(model.one_body, model.two_body_tensor)
    real, imag = (split_one_body_part(*part) for part in zip(one_body, two_body, strict=True))
    denominator *= real.factor
    traceless = IntegerCouplings.reduce(
        (real.one_body, imag.one_body), (real.two_body, imag.two_body), denominator
    )
    centre = choose_centre(_round(traceless), particles)
    constants = [
        Fraction(int(part.constant), denominator) + Fraction(removed)
        for part, removed in zip((real, imag), (centre.real, centre.imag), strict=True)
    ]
    exact = traceless.subtract(centre)
    return IrreducibleCouplings(exact, *_extend(exact), (constants[0], constants[1]))


def _round(couplings: IntegerCouplings) -> Model:
    one_body, two_body = _extend(couplings)
    return Model(one_body.astype(np.complex128), two_body.astype(np.complex128))


def _extend(couplings: IntegerCouplings) -> tuple[ExtendedArray, ExtendedArray]:
    """A1 and A2 in extended precision: each part is the sum of two doubles."""
    d = couplings.dimension
    one_body, two_body = np.zeros((d, d), np.clongdouble), np.zeros((d, d, d, d), np.clongdouble)

    def extend(numerator: int) -> np.longdouble:
        leading = numerator / couplings.denominator
        above, below = leading.as_integer_ratio()
        rest = (numerator * below - above * couplings.denominator) / (below * couplings.denominator)
        return np.longdouble(leading) + np.longdouble(rest)

    for array, elements in ((one_body, couplings.one_body), (two_body, couplings.two_body)):
        for levels, (real, imag) in elements.items():
            array[levels] = extend(real) + 1j * extend(imag)
    return one_body, two_body.reshape(d * d, d * d)
