"""What Snakemake is told when it starts in this workflow, before it reads a configuration or opens a cache.

Snakemake imports its plugins first of all, and reads the files of ``--configfile`` long before the Snakefile. Its
own loader names no line where YAML is wrong, and with ``__use_yte__: true`` it runs the code in a file. Here each
file is read by the loader of this package first, as ``make`` does. Other workflows in the same environment are
left alone.

Snakemake limits itself to 100 jobs a second by default. What keeps that limit wakes its scheduler once a second
for every job that has ended, until the run ends, and the run cannot end before the last of these alarms has rung:
a second of every run, a tenth of the processor time of a large one. Here there is no limit unless one is given.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

SNAKEFILES = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")
"""Where Snakemake looks for one, in its order."""
DEFAULT_LIMIT = (100, 1)
"""Jobs and seconds of ``--max-jobs-per-timespan`` where it is not given."""


def guard_start() -> None:
    """Check configuration files before Snakemake loads them, give it a writable cache, and no alarms."""
    if not is_this_workflow(sys.argv[1:]):
        return
    from snakemake.settings import types

    load: Any = types.load_configfile

    def load_checked(path: str | Path) -> Any:
        _check_readable(path)
        return load(path)

    types.load_configfile = load_checked
    types.SchedulingSettings.__post_init__ = _without_default_limit(types.SchedulingSettings.__post_init__)
    if not _can_write_cache():
        cache = Path(".snakemake/cache").absolute()
        os.environ["XDG_CACHE_HOME"] = str(cache)
        os.environ.setdefault("MPLCONFIGDIR", str(cache / "matplotlib"))


def _without_default_limit(complete: Callable[[Any], None]) -> Callable[[Any], None]:
    def complete_settings(settings: Any) -> None:
        complete(settings)
        limit = settings.max_jobs_per_timespan
        if limit is not None and (limit.max_jobs, limit.timespan) == DEFAULT_LIMIT:
            settings.max_jobs_per_timespan = None

    return complete_settings


def is_this_workflow(arguments: list[str]) -> bool:
    """Tell whether the Snakefile of a command line, or of the working directory, is the one of this workflow."""
    named = [after for word, after in pairwise(arguments) if word in ("-s", "--snakefile")]
    named += [word.partition("=")[2] for word in arguments if word.startswith("--snakefile=")]
    snakefile = next((path for path in map(Path, named or SNAKEFILES) if path.is_file()), None)
    if snakefile is None:
        return False
    rules = (snakefile.parent / folder / "config.smk" for folder in ("rules", "workflow/rules"))
    return any(file.is_file() and "nonhermitian_hartree" in file.read_text(encoding="utf-8") for file in rules)


def _check_readable(path: str | Path) -> None:
    # imported here, because most starts of Snakemake need none of it
    from nonhermitian_hartree.config.reading import read_yaml
    from nonhermitian_hartree.errors import ConfigError

    try:
        read_yaml(path)
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def _can_write_cache() -> bool:
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snakemake"
        cache.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or one that cannot be written
        return False
    return os.access(cache, os.W_OK)
