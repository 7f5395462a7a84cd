"""What Snakemake is told when it starts: no limit on the rate of jobs, in this workflow only."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import snakemake_logger_plugin_oneline
from snakemake.settings.types import MaxJobsPerTimespan, SchedulingSettings

for given in ("100/1s", "50/1s"):
    limit = MaxJobsPerTimespan.parse_choice(given)
    print(SchedulingSettings(max_jobs_per_timespan=limit).max_jobs_per_timespan is None)
"""


@pytest.mark.parametrize(
    ("folder", "unlimited"), [("workflow", ["True", "False"]), ("elsewhere", ["False", "False"])]
)
def test_default_limit_on_the_rate_of_jobs_falls(folder, unlimited, tmp_path):
    directory = ROOT if folder == "workflow" else tmp_path
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=directory, capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.split() == unlimited
