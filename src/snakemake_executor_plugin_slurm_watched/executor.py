"""The executor: submissions that grow by what they ran out of, and one line for each that cannot go on."""

# without annotations from the future: Snakemake makes options of the types of the settings
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Optional

from snakemake_executor_plugin_slurm import Executor as SlurmExecutor
from snakemake_executor_plugin_slurm import ExecutorSettings as SlurmSettings
from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo

from snakemake_executor_plugin_slurm_watched.reasons import (
    Shortage,
    find_shortage,
    is_hopeless,
    is_passing,
    list_failures,
)

SHORTEST_MINUTES = 3
"""A submission of less would be ended by a slow start of Python."""
LONGEST_INTERVAL = 20.0
"""Seconds between two looks at the states of jobs, at most."""
LOG_END = 100_000
"""Bytes at the end of a submission's log in which its steps and Slurm say why it ended."""


@dataclass
class ExecutorSettings(SlurmSettings):  # type: ignore[misc]  # that package is not typed
    """Those of the Slurm executor. States of jobs come from squeue, which needs no accounting database."""

    status_command: Optional[str] = field(  # noqa: UP045 – the form that Snakemake reads
        default="squeue",
        metadata={
            "help": "Command that is asked for the states of jobs, squeue (the default) or sacct.",
            "required": False,
        },
    )
    init_seconds_before_status_checks: Optional[int] = field(  # noqa: UP045 – as above
        default=2,
        metadata={
            "help": "Seconds between looks at the states of jobs while they change; up to 20 while they do not."
        },
    )


class Executor(SlurmExecutor):  # type: ignore[misc]
    """Submits to Slurm, tells why a job does not start, and asks for more only of what a job ran out of."""

    def __init__(self, workflow: Any, logger: Any) -> None:
        # before the thread that looks at jobs is started, which ends without a word if one of these is missing
        self._shortages: defaultdict[Any, Counter[Shortage]] = defaultdict(Counter)
        self._hopeless: set[str] = set()  # jobs that were seen waiting for ever, once
        self._said: set[str] = set()
        self._last_change = monotonic()
        super().__init__(workflow, logger)

    def additional_general_args(self) -> str:
        """In a batch, too, independent jobs finish when one fails, if that is wished of the run.

        Snakemake runs in the batch script: another one in a step of that would cost seconds a submission.
        """
        return "--keep-going" if self.workflow.execution_settings.keep_going else ""

    def get_job_args(self, job: Any) -> str:
        """The jobs of a submission run side by side on the cores it asked for."""
        return f"{super().get_job_args(job)} --cores {job.threads}"

    def run_job(self, job: Any) -> None:
        """Submit a job, with more memory or time if it ran out of that before."""
        self._last_change = monotonic()
        self._set_request(job)
        try:
            super().run_job(job)
        except Exception as error:  # lost in this thread otherwise, and the run would wait for ever
            self._report_job_error_threadsafe(SubmittedJobInfo(job), str(error.__context__ or error))

    def report_job_error(self, job_info: SubmittedJobInfo, msg: str | None = None, **kwargs: Any) -> None:
        """Say in one line why a job failed and what follows; one that Slurm refuses is not tried again."""
        self._last_change = monotonic()
        job, text = job_info.job, msg or ""
        if job_info.external_jobid is None:
            quoted = re.search(r"error message was '(.*?)'\.\n", text, re.DOTALL)
            refusal = " ".join((quoted[1] if quoted else text).split())
            if not is_passing(refusal):
                self._give_up(job, f"Slurm refuses {_describe(job)}: {refusal}")
                return
            self.logger.warning(f"Slurm did not take {_describe(job)}: {refusal}")
        else:
            state = found[1] if (found := re.search(r"status is:\s+'(\w+)'", text)) else "FAILED"
            log = _read_end((job_info.aux or {}).get("slurm_logfile"))
            for line in list_failures(log):
                self._say(line)
            shortage = find_shortage(state, log)
            if shortage:
                self._shortages[job][shortage] += 1
            what = f"ran out of {shortage}" if shortage else f"ended as {state}"
            more = f"more {shortage}" if shortage else "the same request"
            follows = f"it is submitted again with {more}" if _may_retry(job) else "it is given up"
            self.logger.warning(f"Slurm job {job_info.external_jobid}, {_describe(job)}, {what}; {follows}")
        super().report_job_error(job_info, msg=msg, **kwargs)

    def report_job_success(self, job_info: SubmittedJobInfo) -> None:
        """Note that something moved."""
        self._last_change = monotonic()
        super().report_job_success(job_info)

    async def check_active_jobs(self, active_jobs: list[SubmittedJobInfo]) -> AsyncIterator[SubmittedJobInfo]:
        """States of jobs, and of those that wait, whether there is hope."""
        reasons = self._ask_reasons() if active_jobs else {}
        async for job_info in super().check_active_jobs(active_jobs):
            number = str(job_info.external_jobid)
            reason = reasons.get(number, "None")
            if not is_hopeless(reason):
                self._tell_waiting(reason)
                yield job_info
            elif number not in self._hopeless:  # a second look, for Slurm corrects itself within seconds
                self._hopeless.add(number)
                yield job_info
            else:
                self.cancel_jobs([job_info])
                self._give_up(job_info.job, f"Slurm can never start {_describe(job_info.job)}: {reason}")
        # a tenth of the time in which nothing moved: seconds for short jobs, few questions to Slurm for long ones
        still = (monotonic() - self._last_change) / 10
        shortest = self.workflow.executor_settings.init_seconds_before_status_checks
        self.next_seconds_between_status_checks = max(shortest, min(still, LONGEST_INTERVAL))

    def _set_request(self, job: Any) -> None:
        """Multiply what a job asks for by how often it ran out of that, plus one."""
        job.resources  # noqa: B018 – computes the sums of a group, which are kept in the dictionary below
        request, shortages = job._resources, self._shortages[job]
        if isinstance(request, dict):  # every job that is submitted is in a group
            request["mem_mb"] *= 1 + shortages["memory"]
            request["runtime"] = max(request["runtime"], SHORTEST_MINUTES) * (1 + shortages["time"])

    def _ask_reasons(self) -> dict[str, str]:
        """Why each job of this run that waits does so."""
        command = ["squeue", "--noheader", f"--name={self.run_uuid}", "--states=PENDING", "--format=%i|%r"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        return dict(line.strip().split("|", 1) for line in answer.stdout.splitlines() if "|" in line)

    def _tell_waiting(self, reason: str) -> None:
        if reason != "None":
            self._say(f"Submissions wait; Slurm's reason: {reason}")

    def _give_up(self, job: Any, line: str) -> None:
        """Report a job as failed with one line, and let Snakemake not try it again."""
        self._say(line, error=True)
        job.attempt = job.restart_times + 1
        self.workflow.scheduler.error_callback(job)

    def _say(self, line: str, *, error: bool = False) -> None:
        """Say a line once: a hundred submissions may be refused for the same reason."""
        if line not in self._said:
            self._said.add(line)
            (self.logger.error if error else self.logger.warning)(line)


def _describe(job: Any) -> str:
    """Its size and what it asks for, in words; not its name, so that the same refusal of many is one line."""
    resources = job.resources
    size = _count(len(job) if job.is_group() else 1, "job")
    asked = f"{_count(job.threads, 'core')}, {resources.get('mem_mb')} MB, {resources.get('runtime')} min"
    partition = resources.get("slurm_partition")
    return f"{size} ({asked}{f', partition {partition}' if partition else ''})"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _may_retry(job: Any) -> bool:
    return bool(job.restart_times > job.attempt - 1)


def _read_end(log: Path | None) -> str:
    """The end of a log, if there is one."""
    try:
        return Path(log).read_bytes()[-LOG_END:].decode(errors="replace") if log else ""
    except OSError:
        return ""
