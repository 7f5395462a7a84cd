"""provenance: every table of a run → what the run was made of."""

import json

from nonhermitian_hartree.runs.provenance import describe_build
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.storage.atomic_write import replace_atomically

job = snakemake  # noqa: F821 – injected by the workflow
with log_step("provenance", job.log[0]) as logger:
    build = describe_build(job.params.config, job.input.tables)
    logger.info("%d tables, commit %s", len(build["tables"]), build["commit"] or "unknown")
    with replace_atomically(job.output[0]) as temporary:
        temporary.write_text(json.dumps(build, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
