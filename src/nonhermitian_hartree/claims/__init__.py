"""Claims that are measured on tables and pass or fail."""

from nonhermitian_hartree.extras import require_workflow_extra

require_workflow_extra("pandas", "pyarrow")
