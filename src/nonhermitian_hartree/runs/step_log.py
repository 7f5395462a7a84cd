"""One logging set-up for every step: a log file that says what was done, and one readable line on failure."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nonhermitian_hartree.errors import NonHermitianHartreeError


@contextmanager
def log_step(step: str, log_path: str | Path) -> Iterator[logging.Logger]:
    """Log to ``log_path`` while the block runs; name the step, the cause and the log on stderr if it fails.

    An error ends the process with status 1 and one line on stderr. The log has it too, with its traceback
    unless it is an error of this package, whose text needs none.
    """
    path = Path(log_path)
    logger = logging.getLogger("nonhermitian_hartree")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.raiseExceptions = False  # a log that cannot be written (a full disk) must not bury the cause
    started = time.perf_counter()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        to_file = logging.FileHandler(path, mode="w", encoding="utf-8")
        to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.handlers = [to_file]
        logger.info("%s: started", step)
        yield logger
    except NonHermitianHartreeError as error:
        _report_failure(logger, f"{step} failed: {error} (log: {path})")
    except Exception as error:
        cause = f"{type(error).__name__}: {error}"
        _report_failure(logger, f"{step} failed unexpectedly: {cause} (traceback in the log: {path})", error)
    logger.info("%s: done in %.3f s", step, time.perf_counter() - started)


def _report_failure(logger: logging.Logger, message: str, error: Exception | None = None) -> None:
    logger.error(message, exc_info=error)
    print(message, file=sys.stderr)
    sys.exit(1)
