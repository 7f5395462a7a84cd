"""The one-particle state at finite N: closed forms, sums, evolutions, and the choice between them."""
