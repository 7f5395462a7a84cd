"""Two thousand members of a family of models on a real Slurm of one node, read back as one table."""

from pathlib import Path

import numpy as np
import pytest

from nonhermitian_hartree.storage.study_tables import read_study_table
from tests.cluster.slurm_runs import ON_SLURM, Slurm, count_submissions, wait_for

pytestmark = pytest.mark.cluster
ROWS, COLUMNS = 40, 50
LAST_TIME, P0 = 1.0, 0.6
VERDICT = "results/small/studies/screening/verdict.csv"
FAMILY = {
    "name": "small",
    "models": {
        "loss": {
            "parameters": {
                "gamma": {"start": 0.05, "stop": 1, "num": ROWS},
                "kappa": {"start": 0.05, "stop": 2, "num": COLUMNS},
            },
            "one_body": {"Z": {"gamma": "1j"}},
            "two_body": {"ZZ": {"kappa": 1}},
        }
    },
    "states": {"tilted": {"p0": P0}},
    "studies": {"screening": {"model": "loss", "states": ["tilted"], "times": [LAST_TIME]}},
}


def largest_infidelity(gamma: float, kappa: float) -> float:
    """For A1 = iγZ and A2 = κ Z⊗Z, over all times: see docs/theory.md, §2.

    Limit and Hartree have the imbalance z(t) = tanh(h + 2γt), and differ by the phase Δ = 2κ (t z(t) − ∫ z ds).
    """
    time, tilt = np.linspace(0, LAST_TIME, 2001), np.arctanh(2 * P0 - 1)
    field = tilt + 2 * gamma * time
    past = (np.log(np.cosh(field)) - np.log(np.cosh(tilt))) / (2 * gamma)
    phase = 2 * kappa * (time * np.tanh(field) - past)
    return float(np.max(np.sin(phase / 2) ** 2 / np.cosh(field) ** 2))


def test_two_thousand_members_are_one_table(tmp_path: Path, slurm: Slurm) -> None:
    run = slurm.start(tmp_path, *ON_SLURM, "--", VERDICT, config=FAMILY)
    jobs = wait_for(slurm.list_running)
    # minutes, and no batch asks for more than the bound of the profile
    assert all(int(slurm.read_request(job)[1].split(":")[0]) <= 30 for job in jobs)
    output = run.finish()
    assert 1 <= count_submissions(output) <= 5
    table = read_study_table("verdict", tmp_path / VERDICT)
    assert table["member"].tolist() == list(range(ROWS * COLUMNS))
    gamma, kappa = np.meshgrid(np.linspace(0.05, 1, ROWS), np.linspace(0.05, 2, COLUMNS), indexing="ij")
    assert np.allclose(table["gamma"], gamma.ravel(), rtol=1e-15)
    assert np.allclose(table["kappa"], kappa.ravel(), rtol=1e-15)
    expected = [largest_infidelity(*pair) for pair in zip(table["gamma"], table["kappa"], strict=True)]
    assert np.allclose(table["largest_infidelity"], expected, rtol=2e-3, atol=1e-9)
    assert (table["judgement"] == np.where(np.array(expected) > 1e-3, "fails", "holds")).mean() > 0.999
