"""Exact, Hartree and N → ∞ one-particle states of bosons with a non-Hermitian mean-field Hamiltonian.

The names of ``__all__`` are for notebooks (docs/api.md); they are listed once, in ``__init__.pyi``. Each is
imported when it is first used (PEP 562), so that a program waits for, and a step of the workflow depends on, only
the modules it uses. ``__version__`` is that of the installed package.
"""

import lazy_loader

_import_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """Import a public name from its module."""
    if name == "__version__":
        from importlib.metadata import version

        return version("nonhermitian-hartree")
    return _import_name(name)
