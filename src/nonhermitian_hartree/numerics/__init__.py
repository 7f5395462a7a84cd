"""Numerics that know no physics: special functions, integration, extrapolation, progress."""
