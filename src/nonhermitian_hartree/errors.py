"""Exceptions of the package: every one carries a text that says what to do next."""


class NonHermitianHartreeError(Exception):
    """Base class of all errors that this package raises on purpose."""


class ConfigError(NonHermitianHartreeError):
    """A configuration file asks for something that is not allowed."""


class WorkplaceError(NonHermitianHartreeError):
    """The workflow cannot run where it is."""


class MissingExtraError(NonHermitianHartreeError, ImportError):
    """The package is installed without an extra (``workflow``, ``qutip``) that this part of it needs."""


class ModelError(NonHermitianHartreeError, ValueError):
    """A Hamiltonian or a state does not have the required form."""


class AccuracyError(NonHermitianHartreeError, ArithmeticError):
    """A number cannot be delivered with the accuracy that was asked for."""


class ConvergenceError(AccuracyError):
    """An iteration ended before its residual was small enough."""


class TableError(NonHermitianHartreeError):
    """A table on disk is damaged or lacks what the step needs."""


class FitError(NonHermitianHartreeError, ValueError):
    """There are too few points for a fit."""


class ClaimError(NonHermitianHartreeError):
    """A claim does not hold on the tables of a run."""
