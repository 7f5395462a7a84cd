"""Evolution of the N-particle state in fixed point with a proved error."""
