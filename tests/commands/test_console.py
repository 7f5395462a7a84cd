"""What the command `nonhermitian-hartree` hands to Snakemake, and what it says and returns itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nonhermitian_hartree.commands import console
from nonhermitian_hartree.errors import WorkplaceError
from nonhermitian_hartree.runs import workflow_folder

REPOSITORY = Path(__file__).parents[2]
CONFIG = str(REPOSITORY / "tests" / "workflow" / "small.yaml")


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """Command lines of Snakemake, which is not started but fails, so that nothing follows."""
    lines: list[list[str]] = []

    def fail(arguments):
        lines.append(list(arguments))
        return 3

    monkeypatch.setattr(console, "run_snakemake", fail)
    return lines


def test_each_command_has_its_targets_and_the_status_is_that_of_snakemake(started):
    for command in ("run", "verdict", "report"):
        assert console.main([command, CONFIG]) == 3
    whole, verdict, report = started
    assert (whole[0], report[0]) == ("all", "report")
    targets = [f"results/small/studies/{study}/verdict.csv" for study in ("scaling", "dynamics", "mixing")]
    assert verdict[: len(targets)] == targets
    for line in started:
        assert line[line.index("--snakefile") + 1] == str(REPOSITORY / "Snakefile")
        assert line[line.index("--configfile") + 1] == CONFIG
        assert "--cores" not in line


def test_options_are_handed_on(started):
    console.main(["run", CONFIG, CONFIG, "--cores", "2", "--profile", "slurm", "--", "--dry-run", "--forceall"])
    (line,) = started
    configs = line.index("--configfile") + 1
    assert line[configs : configs + 2] == [CONFIG, CONFIG]
    assert line[-6:] == [
        "--cores",
        "2",
        "--profile",
        str(REPOSITORY / "profiles/slurm"),
        "--dry-run",
        "--forceall",
    ]


def test_a_profile_of_ones_own_goes_first(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("slurm").mkdir()
    console.main(["run", CONFIG, "--profile", "slurm"])
    console.main(["run", CONFIG, "--profile", "my_group"])
    assert [line[-1] for line in started] == ["slurm", "my_group"]


def test_without_a_file_it_is_the_paper(started, capsys):
    assert console.main(["check"]) == 0
    assert capsys.readouterr().out.startswith("paper is valid: ")
    console.main(["run"])
    assert str(REPOSITORY / "config" / "config.yaml") in started[0]


@pytest.mark.parametrize("arguments", [[], ["bake", CONFIG], ["run", CONFIG, "--dry-run"]])
def test_words_that_mean_nothing_end_with_the_usage(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        console.main(arguments)
    assert "usage: nonhermitian-hartree" in capsys.readouterr().err


def test_files_that_are_no_configuration_are_refused(started, tmp_path, capsys):
    assert console.main(["run", str(tmp_path / "none.yaml")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{tmp_path}/none.yaml: ")
    assert not started


def test_a_package_without_its_workflow_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(workflow_folder, "INSTALLED", tmp_path)
    monkeypatch.setattr(workflow_folder, "PACKAGE", tmp_path / "a" / "b")
    with pytest.raises(WorkplaceError, match="found no workflow with it"):
        workflow_folder.find_workflow()
    assert console.main(["check", CONFIG]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_ctrl_c_is_for_snakemake_whose_end_is_awaited(tmp_path):
    """Snakemake is stood in for by a module that takes its time to end after the signal."""
    (tmp_path / "snakemake").mkdir()
    (tmp_path / "snakemake" / "__init__.py").touch()
    (tmp_path / "snakemake" / "__main__.py").write_text(
        "import sys, time\n"
        "try:\n    print('started', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(1)\n    print('ended', flush=True)\n    sys.exit(7)\n"
    )
    program = (
        "import sys; from nonhermitian_hartree.commands.console import run_snakemake; sys.exit(run_snakemake([]))"
    )
    path = os.pathsep.join([str(tmp_path), str(REPOSITORY / "src")])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": path},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout.readline() == "started\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=30)[0] == "ended\n"
    assert process.returncode == 7
