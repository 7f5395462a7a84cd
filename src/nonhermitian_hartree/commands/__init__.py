"""What `python -m nonhermitian_hartree.commands.…` runs."""
