"""What N → ∞ says: closed forms, the simplex of populations, the two-point equations."""
