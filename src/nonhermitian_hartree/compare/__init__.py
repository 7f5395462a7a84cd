"""The three answers against each other: distances, power laws, checks of the limit, the verdict."""
