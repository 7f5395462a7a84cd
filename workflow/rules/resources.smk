"""Memory and run time that a job asks of a cluster, by its size; docs/cluster.md has the measurements behind them."""

from math import comb

from nonhermitian_hartree.exact.parts import CHECKED_PARTICLES, LARGE

START_MINUTES = 2
# three Python processes of 130 to 180 MB each, and as much again
START_MEMORY_MB = 1000
POINTS_PER_MINUTE = 3000
MINUTES_PER_COMPONENT_SQUARED = 1e-6
MEMORY_MB_PER_COMPONENT = 0.02
LARGE_MINUTES = 15


def evolved_components(wildcards):
    """Components C(N + d - 1, d - 1) of the state that a job evolves; none for a closed form."""
    if "part" not in wildcards.keys():
        return 0
    dimension = CONFIG.models[study_spec(wildcards).model].dimension
    # many particles are condensed, and checked at no more than this
    particles = (
        max(CHECKED_PARTICLES[dimension])
        if wildcards.part == LARGE
        else int(wildcards.part)
    )
    return comb(particles + dimension - 1, dimension - 1)


def count_members(wildcards):
    """Initial states of a job, members of families counted: its own, or all of the study if it has none."""
    own = (
        [wildcards.state]
        if "state" in wildcards.keys()
        else study_spec(wildcards).states
    )
    return sum(len(CONFIG.states[state].members()) for state in own)


def job_minutes(wildcards, attempt=1):
    """Run time of a job of a state or a study, in minutes; doubled, then tripled when it is tried again."""
    study = study_spec(wildcards)
    members = count_members(wildcards)
    points = members * len(study.particles) * len(study.times)
    evolution = members * evolved_components(wildcards) ** 2
    return attempt * round(
        START_MINUTES
        + points / POINTS_PER_MINUTE
        + MINUTES_PER_COMPONENT_SQUARED * evolution
    )


def job_memory_mb(wildcards, attempt):
    """Memory of a job of a state or a study, in MB; doubled, then tripled when it is tried again."""
    components = evolved_components(wildcards)
    return attempt * round(START_MEMORY_MB + MEMORY_MB_PER_COMPONENT * components)


def state_group(wildcards):
    """Group of a job of a state: small ones are submitted together, large ones each alone."""
    return "state" if job_minutes(wildcards) < LARGE_MINUTES else "large"
