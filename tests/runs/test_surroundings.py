"""Places where jobs would fail are named before any job starts."""

import os
import time

import pytest

from nonhermitian_hartree.errors import WorkplaceError
from nonhermitian_hartree.runs.surroundings import require_no_future, require_plain_paths


@pytest.mark.parametrize("folder", ["with space", "o'clock", 'a"b', "$HOME", "a;b", "tab\there", "a(b)"])
def test_paths_that_a_shell_takes_apart_are_named(folder):
    with pytest.raises(WorkplaceError, match="allowed: a path without spaces, quotes and") as caught:
        require_plain_paths("/fine", f"/home/me/{folder}/bin/python")
    assert f"/home/me/{folder}/bin/python: found the character" in str(caught.value)


def test_accents_and_usual_signs_are_plain():
    require_plain_paths("/home/zoë/Übung-1_2.3/bosons@lab+x,y=z~/#1%")


def test_sources_of_the_future_are_named_with_the_way_out(tmp_path):
    past, future = tmp_path / "past.py", tmp_path / "future.py"
    for path in (past, future):
        path.touch()
    os.utime(future, (time.time() + 3600,) * 2)
    require_no_future([past])
    with pytest.raises(WorkplaceError, match=rf"future\.py: found the date .*: find {tmp_path} -newermt now"):
        require_no_future([past, future])
