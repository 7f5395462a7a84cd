"""A one-node Slurm of our own, which lives as long as the tests of this directory."""

from collections.abc import Iterator

import pytest

from tests.cluster.slurm_runs import Slurm, missing_programs, run_slurm


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    if missing := missing_programs():
        pytest.skip(f"Slurm is not installed here: no {', '.join(missing)}")
    with run_slurm(tmp_path_factory.mktemp("slurm")) as slurm:
        yield slurm
