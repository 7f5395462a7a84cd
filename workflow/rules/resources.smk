"""Memory and run time that a job asks of a cluster, by its size; where the numbers come from is in docs/cluster.md."""

from math import comb

START_MINUTES = 2
START_MEMORY_MB = 1000  # three Python processes of 130 to 180 MB each, and as much again
POINTS_PER_MINUTE = 3000
MINUTES_PER_COMPONENT_SQUARED = 1e-6
MEMORY_MB_PER_COMPONENT = 0.1

DIAGONAL_MODELS = {
    name for name, spec in CONFIG.models.items() if spec.build().is_diagonal
}


def count_components(number, dimension):
    """Components of a state of N bosons, C(N + d - 1, d - 1)."""
    return comb(number + dimension - 1, dimension - 1)


def evolved_components(wildcards):
    """Components of each state that is evolved in time: one per N, none where the exact answer is a closed form."""
    study = study_spec(wildcards)
    if study.model in DIAGONAL_MODELS:
        return [0]
    dimension = CONFIG.models[study.model].dimension
    return [count_components(number, dimension) for number in study.particles]


def count_members(wildcards):
    """Initial states of the job: the members of a family, of all states of the study where a job has no state."""
    states = (
        [wildcards.state]
        if "state" in wildcards.keys()
        else study_spec(wildcards).states
    )
    return sum(len(CONFIG.states[state].members()) for state in states)


def job_minutes(wildcards, attempt):
    """Run time of a job of one state or study, in minutes; doubled, then tripled when it is tried again."""
    study = study_spec(wildcards)
    members = count_members(wildcards)
    points = members * len(study.particles) * len(study.times)
    evolution = members * sum(count**2 for count in evolved_components(wildcards))
    return attempt * round(
        START_MINUTES
        + points / POINTS_PER_MINUTE
        + MINUTES_PER_COMPONENT_SQUARED * evolution
    )


def job_memory_mb(wildcards, attempt):
    """Memory of a job of one state or study, in MB; doubled, then tripled when it is tried again."""
    return attempt * round(
        START_MEMORY_MB + MEMORY_MB_PER_COMPONENT * max(evolved_components(wildcards))
    )
