"""The Hartree equation (10) on its own: an integration that shares nothing with the two-point code."""

import numpy as np
from scipy.integrate import solve_ivp


def hartree_wavefunctions(model, state, times):
    """Unit vectors φ(t), (len(times), d); DOP853 at rounding."""
    one_body, two_body = model.one_body, model.two_body_tensor

    def velocity(_, phi):
        hamiltonian = one_body + np.einsum("ijkl,j,l->ik", two_body, phi.conj(), phi)
        change = -1j * hamiltonian @ phi
        return change - phi * np.vdot(phi, change)

    last = max(times)
    if last == 0:
        return np.array([state.amplitudes])
    path = solve_ivp(
        velocity, (0, last), state.amplitudes, t_eval=times, method="DOP853", rtol=1e-13, atol=1e-14
    ).y.T
    return path / np.linalg.norm(path, axis=1, keepdims=True)
