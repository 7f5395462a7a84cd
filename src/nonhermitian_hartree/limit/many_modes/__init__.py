"""The two-point equations for many modes: sparse, matrix-free, followed in time from t = 0."""
