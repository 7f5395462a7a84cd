"""What Slurm's words mean for a job: refused for good, waiting for ever, or ended for want of memory or time."""

from __future__ import annotations

import re
from typing import Literal

Shortage = Literal["memory", "time"]

# Reasons of `squeue` that no waiting ends, only another request or an administrator (`man squeue`).
# Limits on what a user or a group has in use at once (AssocGrp…, QOSMax…PerUser) are none: they pass as jobs end.
_HOPELESS = re.compile(
    r"""Partition(TimeLimit|NodeLimit|Config) | BadConstraints | Reservation(Deleted|Invalid)?
    | Invalid(Account|QOS) | (Account|QOS)NotAllowed | (QOS|Association)TimeLimit | DependencyNeverSatisfied
    | Deadline | DeadLine | JobHoldMaxRequeue | MaxMemPerLimit
    | (Assoc|QOS)(Max|Min)\w*(PerJob(Limit)?|PerNode(Limit)?|WallDuration\w*) | QOSMin\w*""",
    re.VERBOSE,
)
# What sbatch says when Slurm itself is in trouble for a while
_PASSING = re.compile(
    r"timed out|temporarily|unable to contact|connect(ion)? (failure|refused)|zero bytes", re.IGNORECASE
)
_OUT_OF_MEMORY = re.compile(
    r"oom[_-]kill|out of memory|exceeded (job |step )?memory|MemoryError|Unable to allocate", re.IGNORECASE
)
_FAILURE = re.compile(r"^\w+ of \w[^\n]* failed: [^\n]+$", re.MULTILINE)
_OUT_OF_TIME = re.compile(r"DUE TO TIME LIMIT")


def is_hopeless(reason: str) -> bool:
    """Tell whether a pending job can never start, by the reason that ``squeue`` gives."""
    return _HOPELESS.fullmatch(reason) is not None


def is_passing(refusal: str) -> bool:
    """Tell whether a refusal of ``sbatch`` is one that a later try may not meet."""
    return _PASSING.search(refusal) is not None


def find_shortage(state: str, log: str) -> Shortage | None:
    """What a job ran out of, by its state in Slurm and the end of its log.

    The state alone does not tell: where Slurm kills by sampling, or the kernel one process of several, it is
    ``FAILED`` or ``CANCELLED``.
    """
    if state == "TIMEOUT" or _OUT_OF_TIME.search(log):
        return "time"
    if state == "OUT_OF_MEMORY" or _OUT_OF_MEMORY.search(log):
        return "memory"
    return None


def list_failures(log: str) -> list[str]:
    """What steps of a submission say of their failures, a line each."""
    return list(dict.fromkeys(_FAILURE.findall(log)))
