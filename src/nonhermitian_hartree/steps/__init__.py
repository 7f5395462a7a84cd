"""The tables of the workflow: one module a table."""
