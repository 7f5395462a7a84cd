"""Progress passes its items on, and says nothing where there is no terminal."""

import subprocess
import sys

from nonhermitian_hartree.numerics.progress import show_progress


def test_items_pass_through():
    assert list(show_progress(iter("abc"), 3, "certified N = 400")) == ["a", "b", "c"]


def test_nothing_is_shown_in_a_file():
    program = (
        "from nonhermitian_hartree.numerics.progress import show_progress\nlist(show_progress(range(3), 3, 'x'))"
    )
    done = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, check=True)
    assert done.stderr == b""
