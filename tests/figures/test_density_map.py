"""A density map shows |φ_i|², the weighted |ν_i|², or their difference, and grey where the limit is unknown."""

from math import nan

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from nonhermitian_hartree.config.configuration import parse_config
from nonhermitian_hartree.errors import ConfigError, TableError
from nonhermitian_hartree.figures.draw import draw_figure
from nonhermitian_hartree.figures.spec import FigureSpec
from nonhermitian_hartree.storage.columns import vector_columns
from tests.config.test_lattices import LATTICE

TIMES = (0.0, 1.0, 2.0)
FIELDS = {"kind": "density_map", "study": "paper", "state": "flat"}


def make_tables():
    """Ten sites: Hartree moves from site 0 to 2; the limit is half there, half at site 9, and ends at t = 1."""
    keys = {"member": 0, "state": "flat", "p0": nan, "tilt": nan}
    kets = np.eye(10)
    hartree = [keys | {"time": time} for time in TIMES]
    limit = [keys | {"time": time, "branch": branch, "weight": 0.5} for time in TIMES[:2] for branch in (0, 1)]
    limit += [keys | {"time": 2.0, "branch": 0, "weight": nan}]
    branches = np.stack([kets[0], kets[9], kets[1], kets[9], kets[0] * nan])

    def table(rows, prefix, vectors):
        columns = {name: list(values) for name, values in vector_columns(prefix, vectors.astype(complex)).items()}
        return pd.DataFrame(rows).assign(**columns)

    return {"hartree": table(hartree, "phi", kets[:3]), "limit": table(limit, "nu", branches)}


def draw(**changes):
    spec = TypeAdapter(FigureSpec).validate_python(FIELDS | changes)
    figure = draw_figure(spec, {name: make_tables()[name] for name in spec.tables})
    (mesh,) = figure.axes[0].collections
    return figure, mesh


HARTREE = np.eye(10)[:3]
LIMIT = np.array([np.eye(10)[0] + np.eye(10)[9], np.eye(10)[1] + np.eye(10)[9], np.full(10, nan)]) / 2


@pytest.mark.parametrize(
    ("of", "expected", "range_"),
    [("hartree", HARTREE, (0, 1)), ("limit", LIMIT, (0, 0.5)), ("difference", LIMIT - HARTREE, (-0.5, 0.5))],
)
def test_colours_are_the_densities(of, expected, range_):
    figure, mesh = draw(of=of)
    np.testing.assert_allclose(np.ma.filled(mesh.get_array(), nan), expected)
    assert mesh.get_clim() == range_
    assert figure.axes[0].get_xlabel() == "site"
    legend = [text.get_text() for drawn in figure.legends for text in drawn.get_texts()]
    assert legend == ([] if of == "hartree" else ["limit not known"])


def test_some_sites_are_shown():
    _, mesh = draw(of="hartree", sites=[1, 3])
    np.testing.assert_allclose(mesh.get_array(), HARTREE[:, 1:4])
    with pytest.raises(ValidationError, match="larger last one"):
        draw(of="hartree", sites=[3, 1])


def test_tables_of_different_times_are_refused():
    spec = TypeAdapter(FigureSpec).validate_python(FIELDS | {"of": "difference"})
    tables = make_tables()
    with pytest.raises(TableError, match="different times"):
        draw_figure(spec, tables | {"hartree": tables["hartree"].iloc[:2]})


MALFORMED = [
    ({"at": {}}, "figures.map.at.gamma: found nothing; allowed: the value of gamma that is shown"),
    ({"at": {"gamma": 0.7}}, "figures.map.at.gamma: found 0.7; allowed: a value of the study: 0.5, 1"),
    ({"at": {"gamma": 1, "p0": 1}}, "figures.map.at.p0: found something else; allowed: values of gamma"),
    ({"sites": [0, 12]}, "figures.map.sites: found [0, 12]; allowed: sites from 0 to 11"),
    ({"state": "filed"}, "figures.map.state: found 'filed'; allowed: states of the study"),
    ({"of": "exact"}, "figures.map.of: found 'exact'; allowed: 'hartree', 'limit' or 'difference'"),
]


@pytest.mark.parametrize(("changes", "message"), MALFORMED)
def test_a_map_that_its_study_does_not_have_is_refused(changes, message):
    figure = {"kind": "density_map", "study": "lattice", "state": "flat", "of": "limit", "at": {"gamma": 1}}
    config = {key: dict(value) if isinstance(value, dict) else value for key, value in LATTICE.items()}
    config["models"] = {"chain": LATTICE["models"]["chain"]}
    config["studies"] = {"lattice": LATTICE["studies"]["lattice"]}
    config["states"] = {name: LATTICE["states"][name] for name in ("flat", "corner", "wave", "packet")}
    config["figures"] = {"map": figure | changes}
    with pytest.raises(ConfigError) as caught:
        parse_config(config, "my.yaml")
    assert message in str(caught.value)


def test_the_coefficient_is_of_the_limit_only():
    spec = {"kind": "against_time", "study": "paper", "quantity": "entropy_coefficient", "limit": True}
    with pytest.raises(ValidationError, match="is of the limit"):
        TypeAdapter(FigureSpec).validate_python(spec)
