"""README and tutorial are followed to the letter: files are saved, commands run, what they print is compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import yaml
from matplotlib.image import imread

from tests.docs.fenced_blocks import README, TUTORIAL, Block, read_blocks, read_configurations
from tests.workflow.small_workflow import REPOSITORY, Workflow

BLOCKS = read_blocks(TUTORIAL)


def split_examples(blocks: list[Block]) -> dict[str, list[Block]]:
    """Each configuration with the blocks that follow it, by its name."""
    starts = [index for index, block in enumerate(blocks) if block.language == "yaml"]
    return {
        yaml.safe_load(blocks[first].text)["name"]: blocks[first:last]
        for first, last in zip(starts, [*starts[1:], len(blocks)], strict=True)
    }


OWN_HAMILTONIAN = split_examples(read_blocks(README, "Your own Hamiltonian"))
EXAMPLES = OWN_HAMILTONIAN | split_examples(BLOCKS)


def test_every_block_belongs_to_an_example_and_is_understood():
    assert BLOCKS[0].language == "yaml"
    assert {block.language for block in BLOCKS} == {"yaml", "python", "sh", "text"}
    assert [*OWN_HAMILTONIAN, *read_configurations(TUTORIAL)] == list(EXAMPLES)


@pytest.mark.parametrize("name", ["mine", "tutorial_loss"])
def test_the_first_configurations_are_short(name: str):
    assert [block.language for block in EXAMPLES[name]][:3] == ["yaml", "sh", "text"]
    assert len(EXAMPLES[name][0].text.splitlines()) <= 15


@pytest.mark.parametrize("name", EXAMPLES)
def test_commands_print_what_the_page_shows(name: str, unbuilt: Workflow):
    shutil.copy2(REPOSITORY / "Makefile", unbuilt.root)
    for block in BLOCKS:
        if block.language == "python":
            save(block, unbuilt.root / block.text.split()[1])
    printed = ""
    for block in EXAMPLES[name]:
        if block.language == "yaml":
            save(block, unbuilt.root / f"{name}.yaml")
        elif block.language == "sh":
            printed = run(block.text, unbuilt)
        elif block.language == "text":
            assert_shown(block.text, printed)
    for picture in re.findall(r"\]\((images/\w+\.png)\)", TUTORIAL.read_text(encoding="utf-8")):
        if Path(picture).stem == name:
            assert_same_picture(TUTORIAL.parent / picture, unbuilt.root / f"results/{name}/figures/{name}.png")


def save(block: Block, path: Path) -> None:
    path.write_text(block.text, encoding="utf-8")


def run(commands: str, workflow: Workflow) -> str:
    """Standard output of shell commands; `make` takes the environment of the tests in place of .venv."""
    tools = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-euc", commands],
        cwd=workflow.root,
        env={
            **workflow.environment,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "MAKEFLAGS": f" -- STAMP= BIN={tools}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_shown(expected: str, printed: str) -> None:
    """The same words; "…" stands for any."""
    shown = [re.escape(" ".join(part.split())) for part in expected.split("…")]
    assert re.fullmatch(" ?.*? ?".join(shown), " ".join(printed.split())), f"{expected}\nis not in\n{printed}"


def assert_same_picture(shown: Path, built: Path) -> None:
    """Equal up to the 64 colours to which the picture in the documentation is reduced.

    That was drawn by the locked Matplotlib; another one may set text elsewhere.
    """
    assert shown.stat().st_size <= 60_000
    assert imread(shown).shape[:2] == imread(built).shape[:2]
    if f"matplotlib=={version('matplotlib')} " in (REPOSITORY / "requirements.lock").read_text(encoding="utf-8"):
        assert np.abs(imread(shown)[..., :3] - imread(built)[..., :3]).mean() < 3e-3
