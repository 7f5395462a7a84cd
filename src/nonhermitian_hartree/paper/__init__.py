"""Equations of the paper that are checked in the tests and that no step needs."""
