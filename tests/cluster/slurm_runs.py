"""Snakemake runs that submit to Slurm, and what to ask Slurm about their jobs."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml

T = TypeVar("T")
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# the environment of this Python, and where Debian puts daemons
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"])
CONFIG = yaml.safe_load("""
name: small
models:
  zz: {two_body: {ZZ: 1j}}
  transverse: {one_body: {X: 0.5}, two_body: {ZZ: 1j}}  # has no closed form
states:
  tilted: {p0: 0.6}
  balanced: {p0: 0.5}
studies:
  scaling:
    model: zz
    states: [tilted, balanced]
    particles: {start: 10, stop: 1000, num: 20, spacing: log}
    times: [0.25, 1]
    power_law: {quantities: [linear_entropy]}
  mixing:
    model: transverse
    states: [tilted]
    particles: [10, 2000, 5000]
    times: [0.2]
figures:
  tails: {kind: against_particles, study: scaling, quantity: linear_entropy, fits: true}
""")
ON_SLURM = ("--profile", f"{ROOT}/profiles/slurm")
"""The profile under test."""


def sweep_config(count: int) -> dict[str, object]:
    """Configuration of one study of as many states."""
    states = {f"state_{index}": {"p0": (index + 1) / (count + 1)} for index in range(count)}
    study = CONFIG["studies"]["scaling"] | {"states": list(states)}
    return {"name": "small", "models": CONFIG["models"], "states": states, "studies": {"sweep": study}}


@dataclass(frozen=True)
class Run:
    """A run of Snakemake that was started."""

    process: subprocess.Popen[str]

    def finish(self, status: int = 0) -> str:
        """What it printed, once it has ended with the exit status that is expected."""
        output, _ = self.process.communicate(timeout=500)
        assert self.process.returncode == status, output[-5000:]
        return output

    def interrupt(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=100)


@dataclass(frozen=True)
class Slurm:
    """A Slurm that runs; ``environment`` is that in which its commands find it."""

    environment: dict[str, str]

    def start(self, directory: Path, *arguments: str, config: object = CONFIG) -> Run:
        """Start Snakemake on a configuration, the small one, with results in a directory."""
        directory.mkdir(exist_ok=True)
        file = directory / "small.yaml"
        file.write_text(yaml.safe_dump(config))
        workflow = ("--snakefile", f"{ROOT}/Snakefile", "--configfile", f"{file}", "--directory", f"{directory}")
        return Run(
            subprocess.Popen(
                ["snakemake", *workflow, *arguments],
                env=self.environment,
                cwd=ROOT,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )

    def wait_for_running(self, comment: str) -> str:
        """Number of the running job that the executor gave this comment."""
        return wait_for(lambda: self._list_jobs("RUNNING").get(comment))

    def list_running(self) -> list[str]:
        """Numbers of the jobs that run."""
        return list(self._list_jobs("RUNNING").values())

    def list_leftovers(self) -> list[str]:
        """Numbers of the jobs that have not ended."""
        return list(self._list_jobs("PENDING,RUNNING,COMPLETING").values())

    def read_request(self, job: str) -> tuple[str, str]:
        """Memory and time that a job asks for, as Slurm writes them."""
        memory, time = self._ask("squeue", "--noheader", f"--jobs={job}", "--states=all", "--format=%m %l").split()
        return memory, time

    @contextmanager
    def enforcing_limits(self) -> Iterator[None]:
        """Limits of partitions are enforced at submission, as EnforcePartLimits=ALL does."""
        file = Path(self.environment["SLURM_CONF"])
        before = file.read_text()
        try:
            file.write_text(before.replace("EnforcePartLimits=NO", "EnforcePartLimits=ALL"))
            self._ask("scontrol", "reconfigure")
            yield
        finally:
            file.write_text(before)
            self._ask("scontrol", "reconfigure")

    def list_processes(self, job: str) -> list[int]:
        """Processes of a job."""
        return [int(line.split()[0]) for line in self._ask("scontrol", "listpids", job).splitlines()[1:]]

    def cancel(self, *jobs: str) -> None:
        """Cancel jobs, and wait until they have ended."""
        self._ask("scancel", *jobs)
        wait_for(lambda: not set(jobs) & set(self.list_leftovers()))

    def end_time_limit(self, job: str) -> None:
        """Move the end of the time that a running job has to now; it is Slurm that then finds it over its time."""
        self._ask("scontrol", "update", f"JobId={job}", "EndTime=now")

    def _list_jobs(self, states: str) -> dict[str, str]:
        lines = self._ask("squeue", "--noheader", f"--states={states}", "--format=%k %i").splitlines()
        return dict(line.split() for line in lines)

    def _ask(self, *command: str) -> str:
        answer = subprocess.run(
            command, env=self.environment, check=True, text=True, capture_output=True, timeout=60
        )
        return answer.stdout


def missing_programs() -> list[str]:
    """Programs of Slurm that are not installed here."""
    programs = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "srun")
    return [program for program in programs if not shutil.which(program, path=PATH)]


@contextmanager
def run_slurm(directory: Path) -> Iterator[Slurm]:
    """A one-node Slurm with its files in a directory, which ends with the block."""
    subprocess.run([HERE / "start_slurm.sh", directory], check=True, timeout=120)
    try:
        yield Slurm(
            os.environ
            | {
                "SLURM_CONF": f"{directory}/slurm.conf",
                "PATH": f"{directory}/bin{os.pathsep}{PATH}",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            }
        )
    finally:
        subprocess.run([HERE / "stop_slurm.sh", directory], check=True, timeout=120)


def wait_for(condition: Callable[[], T], seconds: float = 120) -> T:
    """What the condition gives, once that is true; an error if it takes too long."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.2)
    return value


def count_submissions(output: str) -> int:
    """Number of jobs that a run submitted."""
    return len(read_submissions(output))


def read_submissions(output: str) -> list[str]:
    """Numbers of the jobs that a run submitted."""
    return re.findall(r"has been submitted with SLURM jobid (\d+)", output)
