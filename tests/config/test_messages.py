"""A malformed configuration is refused with one sentence: file, key path, what was found, what is allowed."""

from __future__ import annotations

import copy
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonhermitian_hartree.config.configuration import Config, canonical_json, load_config, parse_config
from nonhermitian_hartree.errors import ConfigError
from tests.config.examples import VALID
from tests.config.malformed import DELETE, MALFORMED
from tests.config.one_message import assert_one_message


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


@pytest.mark.parametrize(("path", "value", "where", "found", "allowed"), MALFORMED)
def test_a_malformed_config_gets_one_message(path, value, where, found, allowed):
    with pytest.raises(ConfigError) as caught:
        parse_config(changed(path, value), "my.yaml")
    assert_one_message(str(caught.value), where, found, allowed)


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
    (
        "a: 2024-01-01\n",
        "line 1: a: found 2024-01-01, which YAML reads as a date; allowed: '2024-01-01' in quotes",
    ),
    ("\na: 2024-99-99\n", "line 2: a: found 2024-99-99, which YAML reads as a date; allowed: "),
    ("a: !!timestamp 2024-99-99\n", "line 1: a: found 2024-99-99, which YAML reads as a date; allowed: "),
    ("a: [1, 010]\n", "line 1: a[1]: found 010, which YAML reads as an octal number; allowed: 10, without zeros"),
    ("a: -0_10\n", "line 1: a: found -0_10, which YAML reads as an octal number; allowed: -10, without zeros"),
    ("a:\n  b: 1:30\n", "line 2: a.b: found 1:30, which YAML reads in base 60; allowed: a decimal number"),
    ("a: 1:30.5\n", "line 1: a: found 1:30.5, which YAML reads in base 60; allowed: a decimal number"),
    ("a: No\n", "line 1: a: found No, which YAML reads as false; allowed: false, or 'No' in quotes"),
    ("a: on\n", "line 1: a: found on, which YAML reads as true; allowed: true, or 'on' in quotes"),
    ("on: a\n", "found the key True; allowed: keys that are text"),
    ("__use_yte__: true\na: 1\n", "line 1: found the key __use_yte__; allowed: a configuration that is data only"),
    ("a:\n  b: {'__use_yte__': no}\n", "line 2: found the key __use_yte__; allowed: a configuration that is data"),
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
    for name, found in (
        ("absent", "No such file; allowed: a file that is there; name yours: make CONFIG=FILE"),
        (".", "Is a directory"),
        ("latin", "not UTF-8"),
    ):
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
