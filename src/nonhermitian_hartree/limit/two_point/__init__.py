"""The two-point (bra/ket) equations that replace Hartree for any Hamiltonian: flow, Newton, search, branches."""
