"""Memory and run time that a job asks of a cluster, by its size; docs/cluster.md has the measurements behind them."""

from math import comb

from nonhermitian_hartree.exact.parts import CONDENSATE_FROM, LARGE

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
    # many particles are condensed, and checked at fewer than this
    particles = CONDENSATE_FROM if wildcards.part == LARGE else int(wildcards.part)
    dimension = CONFIG.models[study_spec(wildcards).model].dimension
    return comb(particles + dimension - 1, dimension - 1)


def count_members(wildcards):
    """Members of a job: those of its block, or all of the study if it has none."""
    if "state" in wildcards.keys():
        return block_of(wildcards).count
    return sum(block.count for block in study_blocks(wildcards.study).values())


def job_minutes(wildcards, attempt=1):
    """Run time of a job of a state or a study, in minutes; doubled, then tripled when it is tried again."""
    study = study_spec(wildcards)
    members = count_members(wildcards)
    points = members * len(study.particles or [0]) * len(study.times)
    evolution = members * evolved_components(wildcards) ** 2
    family = members * seconds_of_member(wildcards.study) / 60 if members > 1 else 0
    return attempt * round(
        START_MINUTES
        + family
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
