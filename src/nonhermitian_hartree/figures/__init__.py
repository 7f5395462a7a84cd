"""Figures from tables: one module a kind."""

from nonhermitian_hartree.extras import require_workflow_extra

require_workflow_extra("matplotlib", "pandas", "yaml")
