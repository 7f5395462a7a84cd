"""The typed configuration: read strictly, checked once."""
