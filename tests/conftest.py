"""Order of the tests: those that run the workflow come first, because they take longest."""

from __future__ import annotations

import pytest

LONGEST_FIRST = ("cluster", "browser", "workflow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=rank)
