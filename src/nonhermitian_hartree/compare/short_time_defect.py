"""Whether Hartree can survive the first instants: a test that needs no solution of any equation."""

from __future__ import annotations

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair


def defect_vector(model: Model, state: ProductState) -> Complex:
    """``P⊥ (1 ⊗ ⟨b|) A2 |φφ⟩`` with ``⟨b| = ⟨φ|(H − H†) P⊥`` and H the Hartree Hamiltonian at φ; shape (d,).

    The limit and the Hartree wavefunction part as ``ν − ν_Hartree ≈ −(t²/2)·`` this vector (docs/theory_limit.md).
    """
    require_pair(model, state)
    ket, field = state.amplitudes, model.field
    from_ket = model.one_body @ ket + field.on_ket(ket.conj(), ket, ket)
    from_bra = ket.conj() @ model.one_body + field.on_bra(ket.conj(), ket.conj(), ket)
    bra = from_bra - from_ket.conj()
    bra = bra - (bra @ ket) * ket.conj()
    vector = field.on_ket(bra, ket, ket)
    return np.asarray(vector - np.vdot(ket, vector) * ket)


def short_time_defect(model: Model, state: ProductState) -> float:
    """Norm of `defect_vector`, in energy units squared.

    Zero means only that Hartree does not fail at order t²; it may fail later (at p0 = ½ the paper's model has zero
    defect and fails from t = ½ on).
    """
    return float(np.linalg.norm(defect_vector(model, state)))


def predicted_infidelity(defect: float, times: Real) -> Real:
    """Leading term ``(t⁴/4) defect²`` of the infidelity between limit and Hartree; relative error O(t)."""
    return np.asarray(np.asarray(times, dtype=float) ** 4 * defect**2 / 4)
