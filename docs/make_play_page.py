"""Write docs/play.html, the page to play with: one file without a server, a network or a framework.

    python -m docs.make_play_page          # computes the map of dimers anew (minutes), then writes the page
    python -m docs.make_play_page page     # the page alone, with the map that it has

Its parts are in docs/play/. The paper's model is evaluated in the page itself, dimers come from the map.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.screening import LAST_TIME, UP, lossy_dimers
from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.compare.distances import bloch_vector
from nonhermitian_hartree.compare.scan import scan
from nonhermitian_hartree.compare.verdict import Verdict
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.storage.atomic_write import replace_atomically

DOCS = Path(__file__).parent
PARTS = DOCS / "play"
PAGE = DOCS / "play.html"
VALUES = 9  # of γ and of u
TIMES = np.linspace(0, LAST_TIME, 21)
PARTICLES = 100  # for which the sentences say how far Hartree and the limit are off
BLOCH_UNIT = 1000  # Bloch vectors are whole numbers of thousandths

_MAP = re.compile(r'<script type="application/json" id="map">(.*?)</script>', re.DOTALL)


def compute_map(values: int = VALUES) -> dict[str, Any]:
    """Return verdicts and curves of the Bose–Hubbard dimer with loss, for ``values`` of γ and as many of u.

    Members are in the order of the family, u fastest. Where the limit is not known its entries are null.
    """
    family = lossy_dimers(values)
    table = scan(family, UP, LAST_TIME, particles=PARTICLES)
    return {
        **{name: np.round(np.array(grid), 12).tolist() for name, grid in family.parameters.items()},
        "times": np.round(TIMES, 12).tolist(),
        "particles": PARTICLES,
        "bloch_unit": BLOCH_UNIT,
        "members": [describe_member(*pair) for pair in zip(family, table.verdicts, strict=True)],
    }


def describe_member(model: Model, verdict: Verdict) -> dict[str, Any]:
    """Return the sentence and the curves of a member: Bloch vectors, S_L of the limit, infidelity of Hartree."""
    hartree = hartree_wavefunctions(model, UP, TIMES)
    limits = limit_states(model, UP, TIMES)
    return {
        "judgement": verdict.judgement,
        "largest": None if verdict.largest_infidelity is None else float(f"{verdict.largest_infidelity:.3g}"),
        "sentence": str(verdict),
        "hartree": [_whole_bloch_vector(np.outer(ket, ket.conj())) for ket in hartree],
        "limit": [_whole_bloch_vector(limit.density) if limit.is_known else None for limit in limits],
        "entropy": [round(limit.linear_entropy, 4) if limit.is_known else None for limit in limits],
        "infidelity": [
            _short_infidelity(limit, ket) if limit.is_known else None
            for limit, ket in zip(limits, hartree, strict=True)
        ],
    }


def _whole_bloch_vector(density: Complex) -> list[int]:
    return [round(float(component) * BLOCH_UNIT) for component in bloch_vector(density)]


def _short_infidelity(limit: LimitState, wavefunction: Complex) -> float:
    infidelity = limit.infidelity_to(wavefunction)
    return 0.0 if infidelity < 1e-6 else float(f"{infidelity:.3g}")


def read_map(page: str) -> dict[str, Any]:
    """Return the map that a page has."""
    found = _MAP.search(page)
    if found is None:
        raise ValueError("the page has no map: run python -m docs.make_play_page")
    return dict(json.loads(found[1]))


def render_page(dimers: dict[str, Any]) -> str:
    """Return the page with this map of dimers."""
    page = _read_part("page.html")
    parts = {
        "style": _read_part("page.css"),
        "model": _read_part("model.js"),
        "draw": _read_part("draw.js"),
        "controls": _read_part("controls.js"),
        "map": json.dumps(dimers, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/"),
    }
    for name, content in parts.items():
        page = page.replace(f"@@{name}@@", content)
    return page


def _read_part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8").strip()


def main(arguments: list[str]) -> None:
    """Write the page."""
    dimers = read_map(PAGE.read_text(encoding="utf-8")) if arguments == ["page"] else compute_map()
    with replace_atomically(PAGE) as temporary:
        temporary.write_text(render_page(dimers), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
