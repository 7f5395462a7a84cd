"""Lattices: operators and states by what physicists name."""
