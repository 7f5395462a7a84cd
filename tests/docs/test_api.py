"""The names for notebooks: all documented, lazily imported, known to type checkers, and one way to a verdict."""

import ast
import doctest
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nonhermitian_hartree as nh
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.steps.assessment import assess_members
from tests.members import members_of

MODULES = {"plot"}
"""Public names that are modules themselves."""
ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nonhermitian_hartree"


@pytest.mark.parametrize("page", ["docs/api.md", "README.md"])
def test_examples_print_what_the_page_shows(page):
    failed, attempted = doctest.testfile(str(ROOT / page), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert attempted >= 4


def test_every_public_name_has_its_section_and_no_other():
    sections = re.findall(r"^### `(\w+)`$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    assert sorted(sections) == sorted(nh.__all__)


def test_every_public_name_is_there_and_says_what_it_is():
    for name in nh.__all__:
        assert getattr(nh, name).__doc__, name
        assert name in dir(nh)
    with pytest.raises(AttributeError, match="nothing"):
        nh.nothing  # noqa: B018 – the access is what is tested


def test_stub_declares_the_names_and_modules_that_are_imported():
    declared = {
        alias.asname: (f"nonhermitian_hartree.{node.module}", alias.name)
        for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    objects = set(nh.__all__) - MODULES
    assert {name: declared[name] for name in objects} == {
        name: (getattr(nh, name).__module__, name) for name in objects
    }
    assert declared.keys() - objects == MODULES


def test_no_public_name_is_hidden_by_a_module():
    assert set(nh.__all__) & {module.name for module in pkgutil.iter_modules([str(PACKAGE)])} == MODULES


def test_import_loads_no_module_and_a_name_only_what_it_needs():
    program = """
import json, sys
import nonhermitian_hartree as nh
def loaded():
    return sorted(name for name in sys.modules if name.startswith("nonhermitian_hartree.") or name == "numpy")
before = loaded()
nh.ModelError
print(json.dumps([before, loaded()]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], ["nonhermitian_hartree.errors"]]


def test_forms_are_those_of_a_configuration():
    form = {"one_body": {"X": 1, "Z": -0.5j}, "two_body": {"ZZ": 2}}
    ours, theirs = nh.build_model(**form), ModelSpec.model_validate(form).build()
    assert np.array_equal(ours.one_body, theirs.one_body)
    assert np.array_equal(ours.two_body, theirs.two_body)
    assert not nh.build_model(dimension=3).two_body.any()
    state = nh.build_state(p0=0.7, phase=0.4)
    assert np.array_equal(state.amplitudes, nh.ProductState.from_population(0.7, 0.4).amplitudes)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: nh.build_model(two_body={"ZQ": 1}), "build_model: two_body.ZQ: found 'ZQ'"),
        (lambda: nh.build_model(one_body={"X": 1}, dimension=3), "matrix or terms"),
        (lambda: nh.build_state(), "exactly one of p0, tilt, amplitudes"),
        (lambda: nh.build_state(p0=[0.1, 0.2]), "found 2 numbers; allowed: one"),
        (lambda: nh.build_state(amplitudes=np.array([1, 1])), "norm 1.41421356237"),
    ],
)
def test_wrong_form_is_refused_in_one_line(build, message):
    with pytest.raises(nh.ModelError) as caught:
        build()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_verdict_is_that_of_the_workflow():
    form = {"one_body": {"X": 1, "Z": -0.5j}, "two_body": {"ZZ": 2}}
    model = ModelSpec.model_validate(form).build()
    (assessment,) = assess_members(members_of(model, p0=0.7), 0.3, 1e-3, 400)
    assert assessment.verdict == nh.assess_hartree(model, nh.build_state(p0=0.7), [0.1, 0.3], particles=400)
