"""Figures from tables: one module a kind."""
