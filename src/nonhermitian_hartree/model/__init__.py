"""What a physicist brings: a Hamiltonian (1), a product state (2), and the mean field that they make."""
