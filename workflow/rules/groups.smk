"""Which jobs are one submission to a cluster: batches that take no longer than a bound, and long jobs each alone.

A study whose jobs fit into a batch is in it as a whole, from the states to the verdict. Of a larger one, each state is
a unit of a batch; what reads all states comes after. Two numbers are `resources` of the profile: `group_minutes`, the
bound on the run times of a batch, and `side_by_side`, how many of its jobs run at once.
"""

from functools import cache

from snakemake.utils import Wildcards

from nonhermitian_hartree.runs.batches import bound_minutes, join_levels, pack_batches


def profile_number(name, default):
    number = workflow.global_resources.get(name)
    return default if number is None or number.value is None else int(number.value)


GROUP_MINUTES = profile_number("group_minutes", 30)
# Snakemake counts at most as many jobs at once as its own machine has cores, or as --cores says
GROUP_CORES = max(
    1, min(profile_number("side_by_side", 1), profile_number("_cores", 1))
)


def state_levels(study, state):
    """Minutes of the jobs of a state, or a block of its members: the limit waits for Hartree."""
    wildcards = Wildcards(fromdict={"study": study, "state": state})
    own = job_minutes(wildcards)
    parts = [
        job_minutes(Wildcards(fromdict={"study": study, "state": state, "part": part}))
        for part in study_particle_parts(study)
        if part
    ]
    return [[*(parts or [own]), own, own, own], [own]]


def gathering_levels(study):
    """Minutes of the jobs that read all states of a study: tables, their comparison, what follows from that."""
    own = gathering_minutes(Wildcards(fromdict={"study": study}))
    return [[own] * 3, [own], [own] * 2]


def is_long(minutes):
    return minutes > GROUP_MINUTES / 2


def drop_long(levels):
    return [[minutes for minutes in level if not is_long(minutes)] for level in levels]


@cache
def study_particle_parts(study):
    return exact_parts(Wildcards(fromdict={"study": study}))


@cache
def pack_studies():
    """Batches of studies, of the states of larger studies, and of what these states are gathered into."""
    computed, gathered = {}, {}
    for study in CONFIG.studies:
        states = {
            (study, block): state_levels(study, block) for block in study_blocks(study)
        }
        short = {unit: drop_long(levels) for unit, levels in states.items()}
        whole = [*join_levels(*states.values()), *gathering_levels(study)]
        if short == states and bound_minutes(whole, GROUP_CORES) <= GROUP_MINUTES:
            computed[study] = whole
        else:
            computed.update(short)
            gathered[study] = gathering_levels(study)
    return tuple(
        pack_batches(units, GROUP_CORES, GROUP_MINUTES)
        for units in (computed, gathered)
    )


@cache
def pack_figures():
    """Batches of figures."""
    figures = {figure: [[FIGURE_MINUTES]] for figure in CONFIG.figures}
    return pack_batches(figures, GROUP_CORES, GROUP_MINUTES)


def name_batch(kind, number):
    """Name of a group; the profile's `group-components` has one number for all batches, by what is noted here."""
    name = f"{kind}_{number}"
    workflow.parent_groupids[name] = "batch"
    return name


def state_group(step):
    """Group of the jobs of a step of a state: its batch, or alone if it is long."""

    def group(wildcards):
        if is_long(job_minutes(wildcards)):
            return f"{step}_alone"
        computed, _ = pack_studies()
        study = wildcards.study
        unit = study if study in computed else (study, wildcards.state)
        return name_batch("states", computed[unit])

    return group


def study_group(wildcards):
    """Group of a job that reads all states of a study."""
    computed, gathered = pack_studies()
    if wildcards.study in computed:
        return name_batch("states", computed[wildcards.study])
    return name_batch("studies", gathered[wildcards.study])


def figure_group(wildcards):
    """Group of a figure."""
    return name_batch("figures", pack_figures()[wildcards.figure])
