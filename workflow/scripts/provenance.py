"""provenance: every table of a run → what the run was made of."""

import json

from nonhermitian_hartree.atomic_write import replace_atomically
from nonhermitian_hartree.provenance import describe_build
from nonhermitian_hartree.step_log import log_step

job = snakemake  # noqa: F821 – injected by the workflow
with log_step("provenance", job.log[0]) as logger:
    build = describe_build(job.params.config, job.input.tables)
    logger.info("%d tables, commit %s", len(build["tables"]), build["commit"])
    with replace_atomically(job.output[0]) as temporary:
        temporary.write_text(json.dumps(build, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
