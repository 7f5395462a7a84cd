"""Exact, Hartree and N → ∞ one-particle states of bosons with a non-Hermitian mean-field Hamiltonian.

The names of ``__all__`` are for notebooks (docs/api.md). Each is imported when it is first used (PEP 562), so
that a program waits for, and a step of the workflow depends on, only the modules it uses. Type checkers read
``__init__.pyi``.
"""

import importlib

_MODULES = {
    "AccuracyError": "errors",
    "LimitState": "limit_state",
    "Marginals": "marginals",
    "Model": "model",
    "ModelError": "errors",
    "ProductState": "model",
    "Verdict": "verdict",
    "assess_hartree": "assessment",
    "build_model": "model_forms",
    "build_state": "model_forms",
    "check_limits": "limit_check",
    "exact_marginals": "exact",
    "hartree_wavefunctions": "hartree",
    "infidelity": "distances",
    "limit_states": "limit",
}

__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    """Import a public name from its module, and keep it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List public names, imported yet or not."""
    return sorted({*globals(), *__all__})
