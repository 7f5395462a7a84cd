"""What surrounds a run: logs, provenance, pages of tables, and what a step depends on."""
