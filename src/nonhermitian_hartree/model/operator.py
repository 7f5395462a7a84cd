"""Operators as callers bring them: arrays, sparse arrays, and operators of QuTiP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeGuard, cast

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_array, refuse

if TYPE_CHECKING:  # its import takes as long as a small model
    import scipy.sparse as sp


class _QuantumObject(Protocol):
    """What is used of QuTiP's Qobj; QuTiP is none of our requirements."""

    isoper: bool
    type: str
    data: object

    def full(self) -> Complex:
        """The elements as an array."""


def read_operator(name: str, value: object, shape: str) -> Complex | sp.csr_array:
    """An array, or a sparse array where a sparse array or a sparse operator of QuTiP is given.

    Parameters
    ----------
    name : str
        Of the argument, for messages.
    value : object
    shape : str
        What is allowed, such as ``a d × d``.

    Raises
    ------
    ModelError
        If it is neither.
    """
    allowed = f"{shape} array of numbers, sparse array or QuTiP operator (of other packages the matrix)"
    if is_sparse(value):
        return _read_sparse(name, value, allowed)
    if _is_quantum_object(value):
        if not value.isoper:
            raise refuse(name, f"a QuTiP {value.type}", allowed, quote=False)
        return _read_sparse(name, _matrix_of(value), allowed)
    return read_array(name, value, allowed)


def is_sparse(value: object) -> bool:
    """Whether this is an array of scipy.sparse."""
    return hasattr(value, "tocoo") and hasattr(value, "nnz")


def _is_quantum_object(value: object) -> TypeGuard[_QuantumObject]:
    """Whether this is QuTiP's Qobj, told by its attributes."""
    return all(hasattr(value, attribute) for attribute in ("isoper", "dims", "data", "full"))


def _matrix_of(value: _QuantumObject) -> object:
    data = value.data
    if is_sparse(data):  # QuTiP 4
        return data
    if hasattr(data, "as_scipy"):  # the sparse formats of QuTiP 5
        return cast(object, data.as_scipy())
    return np.asarray(value.full())


def _read_sparse(name: str, value: object, allowed: str) -> sp.csr_array:
    import scipy.sparse as sp

    try:
        matrix = sp.csr_array(value)  # type: ignore[call-overload]  # whatever it is, it is read or refused
        if matrix.dtype.kind not in "iufc":
            raise TypeError
    except (TypeError, ValueError):
        raise refuse(name, value, allowed) from None
    matrix = matrix.astype(np.complex128)
    matrix.sum_duplicates()
    if not np.isfinite(matrix.data).all():
        raise ModelError("one_body and two_body must have finite entries")
    return cast("sp.csr_array", matrix)
