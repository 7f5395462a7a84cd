"""The page to play with is made of its parts, needs no network, and its map is what the package computes."""

import re

import numpy as np
import pytest

from benchmarks.screening import LAST_TIME, UP, lossy_dimers
from docs.make_play_page import BLOCH_UNIT, PAGE, PARTS, TIMES, read_map, render_page
from nonhermitian_hartree.compare.assess import assess_hartree
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.figures.style import PALETTE

TEXT = PAGE.read_text(encoding="utf-8")
MAP = read_map(TEXT)


def test_page_is_what_its_parts_make():
    assert render_page(MAP) == TEXT, "run python -m docs.make_play_page page"


def test_page_is_small_and_needs_no_network():
    assert len(TEXT.encode()) < 200_000
    assert set(re.findall(r"\w+://[^\s\"']+", TEXT)) == {
        "http://www.w3.org/2000/svg"
    }  # the name of SVG's elements
    assert not re.search(r"<link[^>]+href=\"(?!data:)|\bsrc=|@import|\bimport\b.*from|fetch\(", TEXT)


def test_colours_are_those_of_the_figures():
    colours = re.findall(r"--(?:exact|hartree): (#\w+)", (PARTS / "page.css").read_text())
    assert len(colours) == 4
    assert {colour.upper() for colour in colours} <= set(PALETTE)


def test_map_has_a_member_for_each_pair_of_values():
    members = list(lossy_dimers(len(MAP["gamma"])).coordinates())
    pairs = [(gamma, u) for gamma in MAP["gamma"] for u in MAP["u"]]
    np.testing.assert_allclose([tuple(member.values()) for member in members], pairs)
    assert len(MAP["members"]) == len(pairs)
    for member in MAP["members"]:
        assert {len(member[name]) for name in ("hartree", "limit", "entropy", "infidelity")} == {len(TIMES)}
        assert member["sentence"].lower().startswith(member["judgement"])


@pytest.mark.parametrize("index", np.random.default_rng(19).choice(len(MAP["members"]), 2, replace=False).tolist())
def test_members_are_what_the_package_says(index):
    model = list(lossy_dimers(len(MAP["gamma"])))[index]
    verdict, member = assess_hartree(model, UP, LAST_TIME), MAP["members"][index]
    assert member["judgement"] == verdict.judgement
    assert member["largest"] == pytest.approx(verdict.largest_infidelity, rel=0.01, abs=1e-12)
    # the infidelity in the map, from exact states alone: their distance from Hartree shrinks to it as 1/N
    moment = int(np.argmax(member["infidelity"]))
    few, many = exact_marginals(model, UP, [100, 200], TIMES[moment])
    hartree = np.array(member["hartree"][moment]) / BLOCH_UNIT
    x, y, z = ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
    limit = 2 * many.density[0] - few.density[0]
    found = np.array([np.trace(limit @ np.array(pauli)).real for pauli in (x, y, z)])
    assert (1 - found @ hartree) / 2 == pytest.approx(member["infidelity"][moment], abs=2e-3)
    np.testing.assert_allclose(found, np.array(member["limit"][moment]) / BLOCH_UNIT, atol=5e-3)
