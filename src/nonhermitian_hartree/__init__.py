"""Exact, Hartree and N → ∞ one-particle states of bosons with a non-Hermitian mean-field Hamiltonian.

The names of ``__all__`` are for notebooks (docs/api.md); they are listed once, in ``__init__.pyi``. Each is
imported when it is first used (PEP 562), so that a program waits for, and a step of the workflow depends on, only
the modules it uses.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
