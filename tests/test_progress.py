"""Progress shows on a terminal and nowhere else."""

import os
import pty
import subprocess
import sys

PROGRAM = """
import time
from nonhermitian_hartree import progress
progress.SECONDS_BEFORE_BAR = 0
for _ in progress.show_progress(range(3), 3, "certified N = 400"):
    time.sleep(0.15)
"""


def test_a_bar_on_a_terminal():
    leader, follower = pty.openpty()
    subprocess.run([sys.executable, "-c", PROGRAM], stderr=follower, check=True)
    os.close(follower)
    shown = os.read(leader, 10_000).decode()
    os.close(leader)
    assert "certified N = 400:" in shown
    assert "/3 [" in shown


def test_nothing_elsewhere():
    done = subprocess.run([sys.executable, "-c", PROGRAM], stderr=subprocess.PIPE, check=True)
    assert done.stderr == b""
