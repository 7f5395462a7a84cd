"""What surrounds a run: logs, provenance, pages of tables, and what a step depends on."""

from nonhermitian_hartree.extras import require_workflow_extra

require_workflow_extra("pandas", "yaml")
