"""Labels of the ticks of a linear axis."""

from __future__ import annotations

from matplotlib.ticker import ScalarFormatter

_HEAD, _TAIL = r"$\mathdefault{", "}$"


class PlainTicks(ScalarFormatter):
    """Numbers as plain text, which looks the same here as Matplotlib's math text and is not parsed.

    A factor common to all ticks stays math text: × 10⁻⁵, not 1e−5.
    """

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Label of a tick."""
        return super().__call__(x, pos).removeprefix(_HEAD).removesuffix(_TAIL)
