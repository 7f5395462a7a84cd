"""A progress bar for evolutions that take long, on a terminal only; a file gets the log lines instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")

SECONDS_BEFORE_BAR = 2.0


def show_progress(items: Iterable[Item], total: int, description: str) -> Iterable[Item]:
    """Pass on ``items``, of which there are ``total``, with a bar on stderr once that takes more than 2 s."""
    from tqdm import tqdm  # here, because only evolutions need it

    bar: Iterable[Item] = tqdm(
        items, desc=description, total=total, delay=SECONDS_BEFORE_BAR, leave=False, disable=None
    )
    return bar
