"""The one look of all figures: sizes, fonts, and curves that can be told apart without colour.

Matplotlib is imported where it draws, so that a configuration with figures is read without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

# Inches (width, height) at which a figure is printed in a two-column paper.
SIZES = {"column": (3.4, 2.6), "page": (7.0, 3.8)}

# STIX ships with matplotlib, so that text looks the same, and takes the same bytes, on every machine.
RC: dict[Any, Any] = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 7.5,
    "legend.title_fontsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-3, 4),
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.6,
    "lines.markeredgewidth": 0.8,
    "legend.frameon": True,
    "legend.framealpha": 0.85,
    "legend.edgecolor": "none",
    "legend.handlelength": 2.4,
    "legend.labelspacing": 0.3,
    "legend.borderaxespad": 0.4,
    "legend.columnspacing": 1.0,
    "figure.dpi": 300,  # of PNG; the layout is made at the same resolution
    "svg.hashsalt": "nonhermitian-hartree",  # ids of SVG elements are random without it
    "svg.fonttype": "path",
    "pdf.fonttype": 42,  # TrueType: journals refuse type 3
}

# Okabe & Ito, "Color Universal Design" (2008), without black (kept for limits and fits) and the pale yellow.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_HEADER_HEIGHT = 14.0  # points between axes and title, for the header
DIFFERENCE_COLOR_MAP = "RdBu_r"  # white where nothing differs
UNKNOWN_COLOR = "#8C8C8C"
COLOR_MAP = "viridis"  # perceptually uniform, from dark to light in greyscale too
# Lengths of ink and gap in units of the line width. Plain dashes are kept for limits and fits.
LINE_PATTERNS: tuple[Any, ...] = (
    "solid",
    (0, (7, 1.5, 1, 1.5)),
    (0, (1, 1)),
    (0, (7, 1.5, 1, 1.5, 1, 1.5)),
    (0, (12, 1.5)),
    (0, (1, 2.5)),
)

JUDGEMENT_COLORS = {"holds": "#BFDDF0", "fails": "#D55E00", "unknown": "#8C8C8C"}
"""Light, middle and grey: told apart with any vision of colours, and in greyscale."""
THRESHOLD_LINE: dict[str, Any] = {"color": "black", "linestyle": "solid", "linewidth": 1.2}
REFERENCE_LINE: dict[str, Any] = {"color": "black", "linestyle": (0, (4, 2)), "linewidth": 1.0}
LAW_LINE: dict[str, Any] = {"color": "0.45", "linestyle": "solid", "linewidth": 0.8}
UNCERTAIN_POINT: dict[str, Any] = {"color": "0.6", "linestyle": "none", "marker": "x", "markersize": 3.0}
MARK_LINE: dict[str, Any] = {"color": "0.45", "linestyle": (0, (1, 1.5)), "linewidth": 0.8, "gid": "mark"}


@dataclass(frozen=True)
class CurveStyle:
    """How one curve is drawn; its pattern and marker tell it apart from its neighbours without the colour."""

    color: str
    linestyle: Any
    marker: str


def order_styles(count: int) -> list[CurveStyle]:
    """Styles of curves that follow a number (N, t): dark to light along a perceptually uniform ramp."""
    import matplotlib as mpl

    ramp = mpl.colormaps[COLOR_MAP](np.linspace(0, 0.8, count))  # the last fifth is too pale on white
    return [
        CurveStyle(mpl.colors.to_hex(color), _cycle(LINE_PATTERNS, i), _cycle(MARKERS, i))
        for i, color in enumerate(ramp)
    ]


def distinguish_styles(count: int) -> list[CurveStyle]:
    """Styles of curves in no particular order; 42 of them differ even without colour."""
    return [CurveStyle(_cycle(PALETTE, i), _cycle(LINE_PATTERNS, i), _cycle(MARKERS, i)) for i in range(count)]


def color_values(values: Sequence[float], *, logarithmic: bool) -> tuple[list[str], ScalarMappable]:
    """Colours of curves that follow a number, by its value, and what a colour bar of them is made from."""
    import matplotlib as mpl
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize

    ramp = LinearSegmentedColormap.from_list("ramp", mpl.colormaps[COLOR_MAP](np.linspace(0, 0.8, 256)))
    norm = (LogNorm if logarithmic else Normalize)(min(values), max(values))
    return [mpl.colors.to_hex(ramp(norm(value))) for value in values], ScalarMappable(norm, ramp)


@contextmanager
def use_figure_style() -> Iterator[None]:
    """Draw in the shared style, whatever the reader's own matplotlib settings are, and restore them after."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def new_figure(width: Literal["column", "page"], title: str) -> tuple[Figure, Axes]:
    """Empty figure of width "column" or "page" with one pair of axes, outside of pyplot's global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from nonhermitian_hartree.figures.ticks import PlainTicks

    figure = Figure(figsize=SIZES[width], layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PlainTicks())  # until a scale that is not linear sets its own
    axes.set_title(title, pad=_HEADER_HEIGHT)
    return figure, axes


def write_header(axes: Axes, text: str) -> None:
    """What the figure is about, small, above the left end of the axes."""
    axes.set_title(text, loc="left", fontsize=7.5, color="0.25", pad=3)


def plot_curve(axes: Axes, x: ArrayLike, y: ArrayLike, label: str, **style: Any) -> None:
    """Plot y against x so that nothing misleads.

    A logarithmic axis leaves out what is not positive, and the label says so if that is the whole curve;
    a curve of a single point gets a marker, without which it would not be seen.
    """
    values = np.asarray(y, dtype=float)
    if axes.get_yscale() == "log":
        if np.all(values <= 0):
            label += " (zero)"
        values = np.where(values > 0, values, np.nan)
    if np.isfinite(values).sum() == 1:
        style.setdefault("marker", "o")
    axes.plot(x, values, label=label, **style)


def _cycle(values: tuple[Any, ...], index: int) -> Any:
    return values[index % len(values)]
