"""assessment: a model and a state → whether, when and by how much Hartree fails, at all times, for each member."""

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.assessment import assess_members, write_assessments
from nonhermitian_hartree.storage.origin import describe_origin

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"assessment of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    assessments = assess_members(
        ModelSpec.model_validate_json(job.params.model).build(),
        StateSpec.model_validate_json(job.params.state).members(),
        job.params.last_time,
        job.params.threshold,
        job.params.particles,
    )
    for assessment in assessments:
        logger.info("p0 = %s: %s", assessment.p0, assessment.verdict)
    origin = describe_origin(dict(job.params.items()), job.input.code)
    write_assessments(assessments, job.output[0], origin)
