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
    """Log to ``log_path`` and to stderr while the block runs; name the step, the log and the cause if it fails.

    An error of this package ends the process with status 1 and one line on stderr; any other exception
    is logged with its traceback and raised on.
    """
    path = Path(log_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger("nonhermitian_hartree")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    to_file = logging.FileHandler(path, mode="w", encoding="utf-8")
    to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    to_stderr = logging.StreamHandler(sys.stderr)
    to_stderr.setLevel(logging.ERROR)
    logger.handlers = [to_file, to_stderr]
    started = time.perf_counter()
    logger.info("%s: started", step)
    try:
        yield logger
    except NonHermitianHartreeError as error:
        logger.error("%s failed: %s (log: %s)", step, error, path)
        sys.exit(1)
    except Exception:
        logger.exception("%s failed unexpectedly (log: %s)", step, path)
        raise
    logger.info("%s: done in %.3f s", step, time.perf_counter() - started)
