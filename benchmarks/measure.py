"""How times and errors are measured, the same way by every script here."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Result = TypeVar("Result")


def time_call(call: Callable[[], Result], seconds: float = 0.0) -> tuple[Result, float]:
    """Result of a call and its CPU seconds: the shortest of the runs that fit in ``seconds``, at least one."""
    runs: list[float] = []
    while True:
        start = time.process_time()
        result = call()
        runs.append(time.process_time() - start)
        if sum(runs) >= seconds:
            return result, min(runs)


def distance_to_truth(density: NDArray[np.complex128], truth: NDArray[np.complex128], uncertainty: float) -> float:
    """Largest error of an entry of ρ̂, and not less than what the truth itself may be wrong by."""
    return max(float(np.abs(density - truth).max()), uncertainty)


def describe_machine(*packages: str) -> str:
    """Say what the numbers were measured on: versions, cores, and how busy the machine is."""
    versions = [f"{name} {version(name)}" for name in ("numpy", "scipy", *packages)]
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    return f"Python {platform.python_version()}, {', '.join(versions)}; {os.cpu_count()} cores, {load}."
