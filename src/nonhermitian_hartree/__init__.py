"""Exact, Hartree and N → ∞ one-particle states of bosons with a non-Hermitian mean-field Hamiltonian."""
