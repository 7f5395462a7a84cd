"""Memory and run time that a job asks of a cluster, by its size; docs/cluster.md has the measurements behind them.

None asks for more when it is tried again: the executor does, for what the job ran out of.
"""

from math import ceil, comb

from nonhermitian_hartree.exact.parts import CHECKED_PARTICLES, LARGE

# the Python of the job, 130 to 180 MB, its share of Snakemake's, and as much again
START_MEMORY_MB = 1000
FIGURE_MINUTES = 1
POINTS_PER_MINUTE = 3000
MINUTES_PER_COMPONENT_SQUARED = 1e-6
MEMORY_MB_PER_MODE_SQUARED = 0.001
MOST_QUICK_MODES = 32
MEMORY_MB_PER_COMPONENT = 0.02
GATHERED_POINTS_PER_MINUTE = 100_000
MEMORY_MB_PER_GATHERED_POINT = 0.002


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
    """Members of a job: those of its block, or all of the study if it has none."""
    if "state" in wildcards.keys():
        return block_of(wildcards).count
    return sum(block.count for block in study_blocks(wildcards.study).values())


def job_minutes(wildcards):
    """Run time of a job of a state, in whole minutes."""
    study = study_spec(wildcards)
    members = count_members(wildcards)
    points = members * len(study.particles or [0]) * len(study.times)
    evolution = members * evolved_components(wildcards) ** 2
    is_long = members > 1 or CONFIG.models[study.model].dimension > MOST_QUICK_MODES
    family = members * seconds_of_member(wildcards.study) / 60 if is_long else 0
    return ceil(
        family + points / POINTS_PER_MINUTE + MINUTES_PER_COMPONENT_SQUARED * evolution
    )


def job_memory_mb(wildcards):
    """Memory of a job of a state, in MB."""
    components = evolved_components(wildcards)
    modes = CONFIG.models[study_spec(wildcards).model].dimension
    return round(
        START_MEMORY_MB
        + MEMORY_MB_PER_COMPONENT * components
        + MEMORY_MB_PER_MODE_SQUARED * modes**2
    )


def study_points(wildcards):
    """Rows of the largest table of a study."""
    study = study_spec(wildcards)
    return count_members(wildcards) * len(study.particles or [0]) * len(study.times)


def gathering_minutes(wildcards):
    """Run time of a job that reads the tables of a whole study, in whole minutes."""
    return ceil(study_points(wildcards) / GATHERED_POINTS_PER_MINUTE)


def gathering_memory_mb(wildcards):
    """Memory of a job that reads the tables of a whole study, in MB."""
    return round(
        START_MEMORY_MB + MEMORY_MB_PER_GATHERED_POINT * study_points(wildcards)
    )
