"""What a configuration may be made of before anyone looks at its meaning."""

from __future__ import annotations

from collections.abc import Mapping

from nonhermitian_hartree.config_message import describe_refusal
from nonhermitian_hartree.errors import ConfigError
from nonhermitian_hartree.spec import show_value

DEPTH_MAX = 20
VALUES_MAX = 1_000_000
INTEGER_BITS_MAX = 1024  # the range of a double; Python cannot even print much longer integers

_SCALARS = (str, int, float, bool, type(None))
_Path = tuple[str | int, ...]


def check_plain(data: object, source: str) -> None:
    """Let nested mappings and lists of text, numbers and booleans pass.

    Depth and size are limited, so that a YAML alias that contains itself, or a few lines of aliases that
    stand for billions of values, end here.

    Raises
    ------
    ConfigError
        For other types (dates, bytes, sets), keys that are not text, and structures too deep or too large.
    """
    pending: list[tuple[_Path, object]] = [((), data)]
    values = 0
    while pending:
        path, value = pending.pop()
        values += 1
        if values > VALUES_MAX or len(path) > DEPTH_MAX:
            raise ConfigError(
                describe_refusal(
                    source,
                    path[:3],
                    "a structure that is too large or contains itself",
                    f"at most {DEPTH_MAX} levels and {VALUES_MAX} values",
                )
            )
        if isinstance(value, Mapping):
            for key in reversed(value):
                if not _is_text(key):
                    found = f"the key {show_value(key)}"
                    raise ConfigError(describe_refusal(source, path, found, "keys that are text"))
                pending.append(((*path, key), value[key]))
        elif isinstance(value, list):
            pending.extend(((*path, index), value[index]) for index in reversed(range(len(value))))
        elif isinstance(value, int) and value.bit_length() > INTEGER_BITS_MAX:
            found = "a number with too many digits"
            raise ConfigError(describe_refusal(source, path, found, "numbers below 10^308"))
        elif not isinstance(value, _SCALARS) or (isinstance(value, str) and not _is_text(value)):
            allowed = "text, numbers, true, false, lists and mappings"
            raise ConfigError(describe_refusal(source, path, show_value(value), allowed))


def _is_text(value: object) -> bool:
    """Tell whether a value is a string that can be written to a file (a lone surrogate cannot)."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False
