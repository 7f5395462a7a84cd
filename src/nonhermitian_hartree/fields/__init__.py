"""The fields that every part of a configuration is made of: names, numbers, grids, and how they are refused."""
