"""The symmetric subspace of N bosons: its basis, A^(N) on it, marginals, norms, evolution with proved digits."""
