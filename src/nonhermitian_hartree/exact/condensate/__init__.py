"""Finite N at a cost independent of N: a condensate, its Gaussian fluctuations, and what is beyond them."""
