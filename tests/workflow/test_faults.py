"""Faults are made to happen: what is said, what is left behind, and how the next run goes on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time

import pytest

from tests.workflow.small_workflow import CONFIG, RESULTS, Workflow

STEP = f"{RESULTS}/studies/dynamics/tilted"
HARTREE = f"{STEP}/hartree.parquet"
RATE_FUNCTION = f"{STEP}/rate_function.parquet"
RESULT_FILES = (".parquet", ".csv", ".json", ".pdf", ".svg", ".png")

# Put at the end of tables.py: a table is on disk under its temporary name, and the job stays in mid-write.
PAUSE_IN_WRITE = """
import os, time
def _write_and_wait(table, path, _write=pq.write_table, **options):
    _write(table, path, **options)
    open("job.pid", "w").write(str(os.getpid()))
    time.sleep(600)
pq.write_table = _write_and_wait
"""


def start_and_wait_for_write(workflow: Workflow) -> tuple[subprocess.Popen[str], int]:
    """Start Snakemake; return it and the pid of its job once that is in the middle of writing its table."""
    tables = workflow.root / "src/nonhermitian_hartree/storage/parquet.py"
    original = tables.read_text()
    tables.write_text(original + PAUSE_IN_WRITE)
    pid_file = workflow.root / "job.pid"
    pid_file.unlink(missing_ok=True)
    run = workflow.start(HARTREE)
    deadline = time.monotonic() + 120
    while not (pid_file.exists() and pid_file.read_text()):
        assert run.poll() is None, run.stdout.read()
        assert time.monotonic() < deadline, "the job never came to write its table"
        time.sleep(0.05)
    tables.write_text(original)
    return run, int(pid_file.read_text())


def end_group(run: subprocess.Popen[str], number: signal.Signals = signal.SIGKILL) -> None:
    os.killpg(run.pid, number)
    run.wait(timeout=60)


def require_no_table(workflow: Workflow) -> None:
    assert not (workflow.root / HARTREE).exists()


def kill_the_job(workflow: Workflow) -> None:
    run, job = start_and_wait_for_write(workflow)
    os.kill(job, signal.SIGKILL)
    said = run.communicate(timeout=60)[0]
    assert run.returncode != 0
    assert "Error in rule hartree" in said
    require_no_table(workflow)


def kill_snakemake_with_its_job(workflow: Workflow) -> None:
    run, _ = start_and_wait_for_write(workflow)
    second = workflow.run(HARTREE)  # while the first one runs
    end_group(run)
    third = workflow.run(HARTREE)  # the lock is still there
    for refused in (second, third):
        assert refused.returncode != 0
        assert str(workflow.root) in refused.stdout
        assert "--unlock" in refused.stdout
        assert "Traceback" not in refused.stdout
    require_no_table(workflow)
    assert workflow.run("--unlock").returncode == 0


def interrupt(workflow: Workflow) -> None:
    run, _ = start_and_wait_for_write(workflow)
    end_group(run, signal.SIGINT)  # what Ctrl-C in a terminal does
    assert run.returncode != 0
    require_no_table(workflow)
    assert list((workflow.root / STEP).glob(".*")) == []


def test_runs_ended_by_force_and_then_a_build_on_one_core_give_what_an_undisturbed_clone_gives(built, unbuilt):
    """The same bytes in every table, figure and claim, elsewhere and on another number of cores."""
    interrupt(unbuilt)
    kill_the_job(unbuilt)
    kill_snakemake_with_its_job(unbuilt)
    unbuilt.build(cores=1)
    expected, found = built.read_results(*RESULT_FILES), unbuilt.read_results(*RESULT_FILES)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def run_on_mount(workflow: Workflow, mount: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Snakemake where ``results`` is mounted in another way, for it alone, and list what it leaves."""
    command = (
        f"{mount} && {shlex.join(workflow.command(*arguments))}; status=$?; find results -type f; exit $status"
    )
    (workflow.root / "results").mkdir(exist_ok=True)
    unshare = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    trial = subprocess.run([*unshare, mount], cwd=workflow.root, capture_output=True, text=True, check=False)
    if trial.returncode:
        pytest.skip(f"mounting is not permitted here: {trial.stderr.strip()}")
    return subprocess.run(
        [*unshare, command],
        cwd=workflow.root,
        env=workflow.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_full_disk(unbuilt):
    done = run_on_mount(unbuilt, "mount -t tmpfs -o size=32k tmpfs results", RATE_FUNCTION)
    assert done.returncode != 0
    failure = re.search("^rate_function of study dynamics, state tilted failed.*$", done.stdout, re.MULTILINE)
    assert failure, done.stdout
    assert "No space left on device" in failure[0]
    assert f"{RESULTS}/logs/rate_function/dynamics/tilted.log" in failure[0]
    assert "Traceback" not in done.stdout
    assert not re.search(rf"^{RATE_FUNCTION}$", done.stdout, re.MULTILINE)


def test_results_that_cannot_be_written(unbuilt):
    done = run_on_mount(unbuilt, "mount --bind results results && mount -o remount,bind,ro results", RATE_FUNCTION)
    assert done.returncode != 0
    assert re.search(r"Read-only file system: '?results", done.stdout), done.stdout
    assert "Traceback" not in done.stdout


def test_damaged_tables_fail_their_figures_and_nothing_else(workflow, built):
    figures = workflow.results / "figures"
    for file in figures.iterdir():
        file.unlink()
    damaged = {"curves": "dynamics/comparison.parquet", "tails": "scaling/power_law.csv"}
    for table in damaged.values():
        workflow.damage(f"studies/{table}")
    done = workflow.run("figures")
    assert done.returncode != 0
    failures = sorted(re.findall(r"^\w.* failed: .*$", done.stdout, re.MULTILINE))
    assert len(failures) == 2, done.stdout
    for failure, (figure, table) in zip(failures, damaged.items(), strict=True):
        assert failure.startswith(f"figure {figure} failed: {RESULTS}/studies/{table}: the table ")
        assert "delete the file and run the workflow again to rebuild it" in failure
        assert f"(log: {RESULTS}/logs/figure/{figure}.log)" in failure
    assert "Traceback" not in done.stdout
    assert {file.stem for file in figures.iterdir()} == {"landscape"}

    for table in damaged.values():
        (workflow.results / "studies" / table).unlink()
    workflow.build("figures")
    assert workflow.read_results(*RESULT_FILES) == built.read_results(*RESULT_FILES)


def test_unforeseen_error_is_one_line_with_its_traceback_in_the_log(workflow):
    workflow.append("src/nonhermitian_hartree/steps/rate_function.py", "del POINTS\n")
    done = workflow.run(RATE_FUNCTION)
    assert done.returncode != 0
    log = f"{RESULTS}/logs/rate_function/dynamics/tilted.log"
    step, cause = "rate_function of study dynamics, state tilted", "NameError: name 'POINTS' is not defined"
    assert f"{step} failed unexpectedly: {cause} (traceback in the log: {log})\n" in done.stdout
    assert "Traceback" not in done.stdout
    assert "Traceback" in (workflow.root / log).read_text()


# Files that Snakemake's own loader would meet first: what it is given, and what is said.
NAMED = {
    "a template that runs code": (
        "__use_yte__: true\nname: ?open('ran', 'w').name\n",
        "my.yaml: line 1: found the key __use_yte__; allowed: a configuration that is data only",
    ),
    "a tab": ("name: small\nmodels:\n\tzz: 1\n", "my.yaml: line 3: found while scanning for the next token found"),
    "an octal number": ("a: [010]\n", "my.yaml: line 1: a[0]: found 010, which YAML reads as an octal number"),
    "nothing": (None, "my.yaml: found No such file; allowed: a file that is there"),
}


@pytest.mark.parametrize("case", NAMED)
def test_file_given_by_name_is_checked_before_snakemake_loads_it(unbuilt, case):
    text, message = NAMED[case]
    if text is not None:
        (unbuilt.root / "my.yaml").write_text(text)
    before = sorted(unbuilt.root.iterdir())
    done = unbuilt.run("--configfile", "my.yaml")
    assert done.returncode != 0
    assert message in done.stdout
    assert "Traceback" not in done.stdout
    assert [path for path in unbuilt.root.iterdir() if path not in before and path.name != ".snakemake"] == []


def test_folder_without_configuration_says_how_to_name_one(unbuilt):
    (unbuilt.root / CONFIG).unlink()
    done = unbuilt.run()
    assert done.returncode != 0
    assert f"{CONFIG}: found No such file; allowed: a file that is there; name yours:" in done.stdout


def test_sources_of_the_future_are_named_before_any_job(unbuilt):
    later = time.time() + 3600
    os.utime(unbuilt.root / "src/nonhermitian_hartree/hartree.py", (later, later))
    done = unbuilt.run(HARTREE)
    assert done.returncode != 0
    assert re.search(r"hartree\.py: found the date .*, yet to come; allowed: ", done.stdout)
    require_no_table(unbuilt)


def test_home_that_cannot_be_written(unbuilt, monkeypatch):
    monkeypatch.setenv("HOME", "/dev/null/home")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    done = unbuilt.run_afresh(HARTREE)
    assert done.returncode == 0, done.stdout
    assert (unbuilt.root / HARTREE).exists()


def test_of_several_configurations_the_later_wins(unbuilt):
    (unbuilt.root / "over.yaml").write_text("name: over\nstudies: {dynamics: {times: [0, 2]}}\n")
    done = unbuilt.run("--dry-run", "--configfile", CONFIG, "over.yaml", "--", "results/over/claims.csv")
    assert done.returncode == 0, done.stdout
    (unbuilt.root / "over.yaml").write_text("studies: {dynamics: {times: [0, -2]}}\n")
    done = unbuilt.run("--dry-run", "--configfile", CONFIG, "over.yaml")
    assert done.returncode != 0
    assert "over.yaml: studies.dynamics.times[1]: found -2.0 after 0.0" in done.stdout


# One of each way in which Snakemake gets to know it; every other malformed configuration: tests/config.
MALFORMED = {
    "shell characters in a name": ("tails:", '"$(reboot);":', "$(reboot);"),
    "no YAML": ("models:", "models: [", "config.yaml"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_configuration_is_one_message_and_touches_nothing(unbuilt, case):
    old, new, named = MALFORMED[case]
    config = unbuilt.root / CONFIG
    config.write_text(config.read_text().replace(old, new, 1))
    before = sorted(unbuilt.root.iterdir())
    done = unbuilt.run()
    assert done.returncode != 0
    assert named in done.stdout
    assert "Traceback" not in done.stdout
    assert [path for path in unbuilt.root.iterdir() if path not in before and path.name != ".snakemake"] == []
