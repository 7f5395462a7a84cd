"""A one-node Slurm of our own, which lives as long as the tests of this directory."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from slurm_runs import Slurm

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"])
    programs = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "srun")
    missing = [program for program in programs if not shutil.which(program, path=path)]
    if missing:
        pytest.skip(f"Slurm is not installed here: no {', '.join(missing)}")
    directory = tmp_path_factory.mktemp("slurm")
    subprocess.run([HERE / "start_slurm.sh", directory], check=True, timeout=120)
    try:
        yield Slurm(
            os.environ
            | {
                "SLURM_CONF": f"{directory}/slurm.conf",
                "PATH": f"{directory}/bin{os.pathsep}{path}",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            }
        )
    finally:
        subprocess.run([HERE / "stop_slurm.sh", directory], check=True, timeout=120)
