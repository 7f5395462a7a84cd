"""Unitaries that map (A1, A2, φ) onto themselves: found in any basis, and what they do to limits."""
