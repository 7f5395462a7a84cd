"""A malformed configuration is refused with one sentence: file, key path, what was found, what is allowed."""

from __future__ import annotations

import copy
import math
import re

import pytest
from config_examples import VALID
from hypothesis import given, settings
from hypothesis import strategies as st

from nonhermitian_hartree.config import Config, canonical_json, load_config, parse_config
from nonhermitian_hartree.errors import ConfigError

DELETE = object()


def changed(path: tuple[str | int, ...], value: object) -> dict:
    """Return the valid configuration with one value replaced, added or deleted."""
    config = copy.deepcopy(VALID)
    place = config
    for key in path[:-1]:
        place = place[key]
    if value is DELETE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return config


SCALING = ("studies", "scaling")
GRID = {"start": 1, "stop": 2, "num": 3}

# (key path to change, new value, key path in the message, what it says was found, what it says is allowed)
MALFORMED = [
    (("colour",), 1, "colour", "an unknown key", "name, models, states, studies, claims, figures"),
    ((*SCALING, "time"), [1], "studies.scaling.time", "an unknown key", "model, states, particles, times"),
    ((*SCALING, "times"), DELETE, "studies.scaling.times", "nothing", "a list of numbers, or a grid"),
    (("models",), DELETE, "models", "nothing", "a mapping of models"),
    (("models",), {}, "models", "{}", "at least 1 entries"),
    (("models",), [1], "models", "[1]", "a mapping"),
    (("name",), "Paper", "name", "'Paper'", "lower-case letters"),
    (("name",), "../x", "name", "'../x'", "lower-case letters"),
    (("name",), 7, "name", "7", "lower-case letters"),
    (("states", "a b"), {"p0": 0.5}, "states.'a b'", "'a b'", "lower-case letters"),
    (("studies", "$(ls)"), {}, "studies.'$(ls)'", "'$(ls)'", "lower-case letters"),
    (("studies", "hartree"), VALID["studies"]["scaling"], "studies.hartree", "'hartree'", "workflow's steps"),
    (("figures", "claims"), VALID["figures"]["curves"], "figures.claims", "'claims'", "workflow's steps"),
    (("figures", "scaling"), VALID["figures"]["curves"], "figures.scaling", "'scaling'", "that no study has"),
    ((*SCALING, "model"), "xy", "studies.scaling.model", "'xy'", "models: zz, detuned"),
    ((*SCALING, "states"), ["tilted", "up"], "studies.scaling.states[1]", "'up'", "states: tilted, general, fan"),
    ((*SCALING, "states"), [], "studies.scaling.states", "[]", "at least 1"),
    ((*SCALING, "states"), ["fan", "fan"], "studies.scaling.states[1]", "'fan'", "each entry once"),
    ((*SCALING, "times"), [], "studies.scaling.times", "an empty list", "at least one number"),
    ((*SCALING, "times"), [0.5, 0.25], "studies.scaling.times[1]", "0.25 after 0.5", "strictly increasing"),
    ((*SCALING, "times"), [0.5, 0.5], "studies.scaling.times[1]", "0.5 after 0.5", "strictly increasing"),
    ((*SCALING, "times"), [-1, 0], "studies.scaling.times[0]", "-1.0", "times ≥ 0"),
    ((*SCALING, "times"), [0, math.nan], "studies.scaling.times[1]", "nan", "a finite number"),
    ((*SCALING, "times"), [0, math.inf], "studies.scaling.times[1]", "inf", "a finite number"),
    ((*SCALING, "times"), [0, "soon"], "studies.scaling.times[1]", "'soon'", "a finite number"),
    ((*SCALING, "times"), [0, True], "studies.scaling.times[1]", "True", "a finite number"),
    ((*SCALING, "times"), 0.5, "studies.scaling.times", "0.5", "a list"),
    ((*SCALING, "times"), GRID | {"num": 0}, "studies.scaling.times.num", "0", "a number ≥ 2"),
    ((*SCALING, "times"), GRID | {"num": 2.5}, "studies.scaling.times.num", "2.5", "a whole number"),
    ((*SCALING, "times"), GRID | {"num": 10**9}, "studies.scaling.times.num", "1000000000", "≤ 100000"),
    ((*SCALING, "times"), GRID | {"stop": 0}, "studies.scaling.times.stop", "0", "above start, 1.0"),
    (
        (*SCALING, "times"),
        GRID | {"spacing": "cubic"},
        "studies.scaling.times.spacing",
        "'cubic'",
        "'linear' or 'log'",
    ),
    ((*SCALING, "times"), GRID | {"spacing": "log", "start": 0}, "studies.scaling.times.start", "0.0", "> 0"),
    ((*SCALING, "times"), {"start": 0, "stop": 1}, "studies.scaling.times.num", "nothing", "how many"),
    ((*SCALING, "particles"), [1, 10, 20], "studies.scaling.particles[0]", "1", "from 2 to 10^15"),
    (
        (*SCALING, "particles"),
        [10, 10**16],
        "studies.scaling.particles[1]",
        "10000000000000000",
        "from 2 to 10^15",
    ),
    ((*SCALING, "particles"), [10, 10**400], "studies.scaling.particles[1]", "too many digits", "below 10^308"),
    ((*SCALING, "particles"), [2, 3], "studies.scaling.power_law.tail_fraction", "1 of 2", "at least 3"),
    ((*SCALING, "power_law", "tail_fraction"), 0, "studies.scaling.power_law.tail_fraction", "0", "> 0"),
    ((*SCALING, "power_law", "tail_fraction"), 1.5, "studies.scaling.power_law.tail_fraction", "1.5", "≤ 1"),
    (
        (*SCALING, "power_law", "tail_fraction"),
        0.1,
        "studies.scaling.power_law.tail_fraction",
        "2 of 20",
        "at least 3",
    ),
    (
        (*SCALING, "power_law", "quantities"),
        ["S"],
        "studies.scaling.power_law.quantities[0]",
        "'S'",
        "linear_entropy",
    ),
    ((*SCALING, "tolerance"), 0, "studies.scaling.tolerance", "0", "> 0"),
    ((*SCALING, "hartree_threshold"), 1, "studies.scaling.hartree_threshold", "1", "< 1"),
    (("states", "tilted", "p0"), 1.5, "states.tilted.p0", "1.5", "[0, 1]"),
    (("states", "tilted", "p0"), "half", "states.tilted.p0", "'half'", "a finite number"),
    (("states", "tilted", "tilt"), 1, "states.tilted", "p0 and tilt", "exactly one of p0, tilt, amplitudes"),
    (("states", "tilted"), {"phase": 1}, "states.tilted", "none of them", "exactly one of"),
    (("states", "tilted"), 0.6, "states.tilted", "0.6", "a mapping with keys from: p0, tilt"),
    (("states", "general", "phase"), 1, "states.general.phase", "1.0", "beside p0 or tilt only"),
    (("states", "general", "amplitudes"), [0.6, 0.7], "states.general.amplitudes", "norm 0.92", "norm 1 to 1e-09"),
    (("states", "general", "amplitudes"), [1], "states.general.amplitudes", "[1]", "at least 2"),
    (("states", "general", "amplitudes"), [1, "1k"], "states.general.amplitudes[1]", "'1k'", "complex string"),
    (("models", "zz", "two_body"), {"ZZ": "i"}, "models.zz.two_body.ZZ", "'i'", "complex string"),
    (("models", "zz", "two_body"), {"ZZ": "nan"}, "models.zz.two_body.ZZ", "'nan'", "a finite number"),
    (("models", "zz", "two_body"), {"ZQ": 1}, "models.zz.two_body.ZQ", "'ZQ'", "'ZZ'"),
    (("models", "zz", "two_body"), {"Z": 1}, "models.zz.two_body.Z", "'Z'", "'ZZ'"),
    (("models", "zz", "two_body"), {"XZ": 1}, "models.zz.two_body", "{'XZ': 1", "swapped"),
    (("models", "zz", "two_body"), {"matrix": [[1]]}, "models.zz.two_body.matrix", "1 rows", "a 4 × 4 matrix"),
    (
        ("models", "zz", "two_body"),
        {"terms": [{"out": [0, 2], "in": [0, 0], "value": 1}]},
        "models.zz.two_body.terms[0].out",
        "[0, 2]",
        "from 0 to 1",
    ),
    (("models", "zz", "one_body"), {"Q": 1}, "models.zz.one_body.Q", "'Q'", "'I', 'X', 'Y' or 'Z'"),
    (
        ("models", "zz", "one_body"),
        {"matrix": [[1, 0], [0]]},
        "models.zz.one_body.matrix[1]",
        "1 columns",
        "2 × 2",
    ),
    (("models", "zz", "dimension"), 3, "models.zz.two_body", "Pauli letters", "the dimension is 3"),
    (("models", "zz", "dimension"), 1, "models.zz.dimension", "1", "a number ≥ 2"),
    (("models", "zz", "dimension"), 10**6, "models.zz.dimension", "1000000", "a number ≤ 32"),
    (("models", "zz"), {"dimension": 3}, "studies.scaling.states[0]", "dimension 2", "states of dimension 3"),
    (("models", "detuned", "one_body"), {"X": 1}, "models.detuned", "not diagonal", "so far, only diagonal"),
    (("models", "big"), {"dimension": 3}, "models.big", "dimension 3", "so far, only diagonal"),
    (("figures", "curves", "study"), "none", "figures.curves.study", "'none'", "studies: scaling, detuning"),
    (("figures", "curves", "kind"), "pie", "figures.curves.kind", "'pie'", "one of rate_function, against_time"),
    (
        ("figures", "curves", "kind"),
        DELETE,
        "figures.curves.kind",
        "nothing",
        "one of rate_function, against_time",
    ),
    (("figures", "curves"), 3, "figures.curves", "3", "a mapping"),
    (("figures", "curves", "quantity"), "S", "figures.curves.quantity", "'S'", "'limit_infidelity'"),
    (("figures", "curves", "quantity"), "limit_infidelity", "figures.curves.limit", "true", "false, because"),
    (("figures", "curves", "states"), ["general"], "figures.curves.states", "'general'", "tilted, fan"),
    (("figures", "curves", "particles"), [11], "figures.curves.particles", "11", "particles of the study: 10, 13"),
    (("figures", "curves", "limit"), 1, "figures.curves.limit", "1", "true or false"),
    (("figures", "curves", "width"), "huge", "figures.curves.width", "'huge'", "'column' or 'page'"),
    (("figures", "curves", "title"), 3, "figures.curves.title", "3", "a string"),
    (("figures", "tails", "legend"), "top", "figures.tails.legend", "'top'", "'best', 'upper right'"),
    (("figures", "tails", "times"), [0.3], "figures.tails.times", "0.3", "times of the study: 0.25, 0.5"),
    (
        ("figures", "tails", "quantity"),
        "limit_infidelity",
        "figures.tails.fits",
        "fits of",
        "lists: linear_entropy",
    ),
    (("figures", "landscape", "state"), "general", "figures.landscape.state", "'general'", "tilted, fan"),
    (("figures", "landscape", "state"), "fan", "figures.landscape.state", "'fan'", "a single state"),
    (("figures", "landscape", "study"), "detuning", "figures.landscape.study", "'detuned'", "two_body {ZZ: 1j}"),
    (("claims",), [{"claim": "best", "study": "scaling"}], "claims[0].claim", "'best'", "one of critical_time"),
    (("claims",), [{"claim": "critical_time", "study": "x"}], "claims[0].study", "'x'", "studies: scaling"),
    (
        ("claims",),
        [{"claim": "critical_time", "study": "scaling", "times": [7]}],
        "claims[0].times",
        "7.0",
        "times of the study",
    ),
]


@pytest.mark.parametrize(("path", "value", "where", "found", "allowed"), MALFORMED)
def test_a_malformed_config_gets_one_message(path, value, where, found, allowed):
    with pytest.raises(ConfigError) as caught:
        parse_config(changed(path, value), "my.yaml")
    message = str(caught.value)
    location, rest = message.split(": found ", 1)
    said_found, said_allowed = rest.split("; allowed: ", 1)
    assert location == f"my.yaml: {where}"
    assert found in said_found
    assert allowed in said_allowed
    assert "\n" not in message
    assert len(message) < 400
    assert "pydantic" not in message.lower()


UNREADABLE = [
    ("name: a\nname: b\n", "line 2: name: found the key 'name' a second time (first on line 1)"),
    ("a: {b: 1}\nc:\n  - d: 1\n    d: 2\n", "line 4: c.0.d: found the key 'd' a second time".replace(".0", "[0]")),
    ("name: [\n", "line 2: found "),
    ("name: x\n\tmodels: 1\n", "line 2: found "),
    ("a: 1\n---\nb: 1\n", "line 2: found expected a single document"),
    ("", "found None; allowed: a mapping"),
    ("- a\n", "found ['a']; allowed: a mapping"),
    ("just text\n", "found 'just text'; allowed: a mapping"),
    ("a: &a [*a]\n", "found a structure that is too large or contains itself"),
    ("&a {b: *a}\n", "found a structure that is too large or contains itself"),
    ("&a {<<: *a}\n", "found "),
    ("a: 2024-01-01\n", "a: found datetime.date(2024, 1, 1); allowed: text"),
    ("\na: 2024-99-99\n", "line 2: found a value that cannot be read as timestamp"),
    ("a: !!binary aGk=\n", "a: found b'hi'; allowed: text"),
    ("a: !!set {x, y}\n", "found {"),
    ("a: !!python/object:os.system {}\n", "line 1: found "),
    ("a: !!timestamp x\n", "line 1: found a value that cannot be read"),
    ("a: !!bool x\n", "line 1: found a value that cannot be read"),
    ("1: a\n", "found the key 1; allowed: keys that are text"),
    ("? [a, b]\n: c\n", "line 1: found "),
    ("a: " + "9" * 5000 + "\n", "found a value that cannot be read"),
    ("a: 0x" + "f" * 9000 + "\n", "a: found a number with too many digits"),
    ("a: " + "[" * 5000 + "\n", "found "),
    ("a: " + "[" * 50 + "]" * 50 + "\n", "found a structure that is too large or contains itself"),
    ("a: \x07\n", "line 1: found the character"),
    ('a: "\\ud800"\n', "a: found '\\ud800'; allowed: text"),
    (
        "a: &a [1,1,1,1,1,1,1,1,1]\n"
        + "".join(
            f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
        ),
        "found a structure that is too large",
    ),
]


@pytest.mark.parametrize(("text", "message"), UNREADABLE)
def test_an_unreadable_file_gets_one_message(tmp_path, text, message):
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "; allowed: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_opened(tmp_path):
    (tmp_path / "latin").write_bytes(b"name: \xff\n")
    for name, found in (("absent", "No such file"), (".", "Is a directory"), ("latin", "not UTF-8")):
        with pytest.raises(ConfigError, match=found):
            load_config(tmp_path / name)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=3)
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
    ),
    max_leaves=8,
)


def paths_of(value: object, path: tuple = ()) -> list[tuple]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, child in children for p in paths_of(child, (*path, key)))]


def accepts_or_refuses(data: object) -> None:
    try:
        config = parse_config(data, "my.yaml")
    except ConfigError as error:
        message = str(error)
    else:
        assert Config.model_validate_json(canonical_json(config)) == config
        return
    assert re.fullmatch(r"my\.yaml: ([^\n]+: )?found [^\n]+; allowed: [^\n]+", message)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(paths_of(VALID)[1:]),
    PLAIN | st.sampled_from([1e308, -1e308, "1e-10", "1e400", 10**400, 10**5000]),
)
def test_any_value_anywhere_is_accepted_or_refused(path, value):
    accepts_or_refuses(changed(path, value))


@settings(max_examples=100, deadline=None)
@given(PLAIN)
def test_any_data_is_accepted_or_refused(data):
    accepts_or_refuses(data)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!?|>'\"#%@,\n\t <~.019x", max_size=40))
def test_any_text_is_accepted_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"; allowed: "):
        load_config(path)
