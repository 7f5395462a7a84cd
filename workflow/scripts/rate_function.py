"""rate_function: a model, a state and times → the rate function on a grid and its maximisers."""

import json

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.rate_function import tabulate_rate_function
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import write_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"rate_function of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    model = ModelSpec.model_validate_json(job.params.model)
    curves, maximisers = tabulate_rate_function(
        model.build(),
        job.wildcards.state,
        StateSpec.model_validate_json(job.params.state).on(model.shape).members(),
        json.loads(job.params.times),
    )
    logger.info("%d points, %d local maximisers", len(curves), len(maximisers))
    origin = describe_origin(dict(job.params.items()), job.input.code)
    write_parquet(curves, job.output.rate_function, origin)
    write_parquet(maximisers, job.output.rate_maximisers, origin)
