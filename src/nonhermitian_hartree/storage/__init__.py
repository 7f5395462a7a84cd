"""Tables as files: Parquet and CSV, their columns and origin, written whole or not at all."""

from nonhermitian_hartree.extras import require_workflow_extra

require_workflow_extra("pandas", "pyarrow")
