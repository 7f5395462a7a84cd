"""assessment: members of a study → whether, when and by how much Hartree fails, at all times, for each."""

from nonhermitian_hartree.config.members import read_members
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.assessment import assess_members
from nonhermitian_hartree.steps.assessment_file import find_known_assessments, write_assessments
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.reuse import digest_members

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"assessment of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    members = read_members(job.params.model, job.wildcards.state, job.params.state, job.params.parameters)
    origin = describe_origin(dict(job.params.items()), job.input.code)
    digests = digest_members(members.identities, dict(job.params.items()), origin)
    known = find_known_assessments(job.output[0], digests)
    assessments = assess_members(members, job.params.last_time, job.params.threshold, job.params.particles, known)
    logger.info("%d members, of which %d were known", len(members), len(known))
    for assessment in assessments:
        logger.info("%s: %s", assessment.columns, assessment.verdict)
    write_assessments(assessments, job.output[0], origin, digests)
