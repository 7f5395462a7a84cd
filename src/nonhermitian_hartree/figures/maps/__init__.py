"""Figures that show a number as a colour over a plane."""
