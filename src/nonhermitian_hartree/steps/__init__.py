"""The tables of the workflow: one module a table."""

from nonhermitian_hartree.extras import require_workflow_extra

require_workflow_extra("pandas", "pyarrow")
