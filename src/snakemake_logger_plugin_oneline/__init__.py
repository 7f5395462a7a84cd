"""One progress line for a run of Snakemake: jobs done, jobs in all, time left; warnings and failures in full.

    snakemake --logger oneline …

Everything else that Snakemake says is in its own log, .snakemake/log/. On a terminal the line is drawn in place;
in a file there is one line in ten seconds at most.
"""

from __future__ import annotations

import sys
from logging import WARNING, LogRecord
from time import monotonic

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase
from tqdm import tqdm

from snakemake_logger_plugin_oneline.start import guard_start

guard_start()

SECONDS_BETWEEN_LINES = 10.0
FORM = "{desc}: {n_fmt} of {total_fmt} jobs, {elapsed} elapsed, {remaining} left"
FAILURES = (LogEvent.JOB_ERROR, LogEvent.GROUP_ERROR, LogEvent.ERROR)


class LogHandlerSettings(LogHandlerSettingsBase):
    """No settings."""


class LogHandler(LogHandlerBase):
    """Draws the progress of a run and passes on what went wrong."""

    def __post_init__(self) -> None:
        self._started = self._shown = monotonic()
        self._bar: tqdm[None] | None = None

    def emit(self, record: LogRecord) -> None:
        """Move the line at a progress event; print warnings, errors and failed jobs above it."""
        event = getattr(record, "event", None)
        if event == LogEvent.PROGRESS:
            show = self._draw if sys.stderr.isatty() else self._print
            show(record.__dict__["done"], record.__dict__["total"])
        elif record.levelno >= WARNING or event in FAILURES:
            text = self.format(record)
            if text and text != "None":
                tqdm.write(text, file=sys.stderr)

    def close(self) -> None:
        """Leave the last state of the line."""
        if self._bar is not None:
            self._bar.close()
        super().close()

    def _draw(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=total, desc="building", bar_format=FORM + "  {bar}", file=sys.stderr)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def _print(self, done: int, total: int) -> None:
        now = monotonic()
        if done == total or now - self._shown >= SECONDS_BETWEEN_LINES:
            self._shown = now
            line = tqdm.format_meter(done, total, now - self._started, prefix="building", bar_format=FORM)
            print(line, file=sys.stderr, flush=True)

    @property
    def writes_to_stream(self) -> bool:
        """It replaces Snakemake's own lines on stderr."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Snakemake's own log file stays."""
        return False

    @property
    def has_filter(self) -> bool:
        """Snakemake's own filter decides what comes here."""
        return False

    @property
    def has_formatter(self) -> bool:
        """Failures read as Snakemake writes them."""
        return False

    @property
    def needs_rulegraph(self) -> bool:
        """No."""
        return False
