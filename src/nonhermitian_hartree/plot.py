"""Pictures for notebooks, in the style of the figures: curves against time, and the Bloch sphere.

Each function computes what it shows and returns the axes, for more curves, labels and ``.figure.savefig``.
Matplotlib comes with the extra ``workflow``, and is imported when something is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.compare.distances import bloch_vector
from nonhermitian_hartree.compare.distances import infidelity as infidelity_of_states
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.extras import require_workflow_extra
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.arguments import read_particles, read_times, refuse
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from mpl_toolkits.mplot3d import Axes3D

__all__ = ["bloch", "entropy", "infidelity"]

SMALLEST_RESOLUTION = 130.0
"""Of a figure in a notebook, in dots per inch."""
_SPHERE_SIZE = (3.4, 3.4)
"""Inches."""
_VIEW = (18.0, -50.0)
"""Elevation and azimuth of the Bloch sphere, in degrees."""


def __dir__() -> list[str]:
    return sorted(__all__)


def infidelity(
    model: Model, state: ProductState, times: ArrayLike, particles: ArrayLike = (), ax: Axes | None = None
) -> Axes:
    """Infidelity (12) to Hartree against time: a curve for each N, and dashed that of the limit N → ∞.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float
        Strictly ascending, ≥ 0, in inverse units of the couplings. Times at which the limit is not known are gaps.
    particles : sequence of int, or one number
        Values of N; the limit alone if absent.
    ax : Axes, optional
        To draw in; a new figure if absent.

    Raises
    ------
    ModelError, AccuracyError
        As `exact_marginals`, `hartree_wavefunctions`.
    MissingExtraError
        Without matplotlib.
    """
    instants = _read(model, state, times)
    kets = hartree_wavefunctions(model, state, instants)
    projectors = kets[:, :, None] * kets[:, None, :].conj()

    def of_exact(marginals: Marginals) -> Real:
        values = infidelity_of_states(marginals.density, marginals.linear_entropy, projectors, np.zeros(1))
        return np.asarray(values)

    def of_limit(limits: list[LimitState]) -> Real:
        return np.array([limit.infidelity_to(ket) for limit, ket in zip(limits, kets, strict=True)])

    return _draw_curves(model, state, instants, particles, of_exact, of_limit, "hartree_infidelity", ax)


def entropy(
    model: Model, state: ProductState, times: ArrayLike, particles: ArrayLike = (), ax: Axes | None = None
) -> Axes:
    """Linear entropy (11) of one boson against time; what is drawn, arguments and errors as `infidelity`."""
    instants = _read(model, state, times)

    def of_exact(marginals: Marginals) -> Real:
        return marginals.linear_entropy

    def of_limit(limits: list[LimitState]) -> Real:
        return np.array([limit.linear_entropy for limit in limits])

    return _draw_curves(model, state, instants, particles, of_exact, of_limit, "linear_entropy", ax)


def bloch(
    model: Model, state: ProductState, times: ArrayLike, particles: ArrayLike = (), ax: Axes3D | None = None
) -> Axes3D:
    """Paths of one boson in the Bloch sphere: Hartree, the limit N → ∞ (dashed), and exact states of each N.

    Pure states are on the sphere, mixed ones in it; a circle marks the start, a dot the last time. Arguments and
    errors as `infidelity`; d = 2.
    """
    instants = _read(model, state, times)
    if model.dimension != 2:
        raise refuse("model", f"{model.dimension} levels", "2, which a Bloch sphere shows", quote=False)
    counts = _read_counts(particles)
    kets = hartree_wavefunctions(model, state, instants)
    exact = exact_marginals(model, state, counts, instants) if counts else []
    limits = limit_states(model, state, instants)

    from nonhermitian_hartree.figures.labels import label_number
    from nonhermitian_hartree.figures.style import PALETTE, REFERENCE_LINE, order_styles, use_figure_style

    figure = _open_figure(_SPHERE_SIZE) if ax is None else None
    with use_figure_style():
        axes = figure.add_subplot(projection="3d") if figure else ax
        assert axes is not None
        _draw_sphere(axes)
        hartree = bloch_vector(kets[:, :, None] * kets[:, None, :].conj())
        _draw_path(axes, hartree, "Hartree", color=PALETTE[1])
        for style, count, marginals in zip(order_styles(len(counts)), counts, exact, strict=True):
            path = bloch_vector(marginals.density)
            _draw_path(axes, path, f"$N={label_number(count)}$", color=style.color, linestyle=style.linestyle)
        unknown = np.full((2, 2), np.nan + 0j)
        densities = np.array([limit.density if limit.is_known else unknown for limit in limits])
        _draw_path(axes, bloch_vector(densities), r"$N\to\infty$", **REFERENCE_LINE)
        start = hartree[0]
        axes.plot(*start[:, None], "o", color="black", markerfacecolor="white", zorder=5)
        axes.legend(loc="upper left", bbox_to_anchor=(0.0, 1.0))
    return axes


def _read(model: Model, state: ProductState, times: ArrayLike) -> list[float]:
    require_workflow_extra("matplotlib")
    require_pair(model, state)
    return read_times(times, ascending=True)


def _read_counts(particles: ArrayLike) -> list[int]:
    return read_particles(particles) if np.size(particles) else []


def _open_figure(size: tuple[float, float]) -> Figure:
    """Empty figure that a notebook shows; made before the style is set, for backends set themselves up with it."""
    import matplotlib as mpl
    from matplotlib import pyplot

    resolution = max(mpl.rcParams["figure.dpi"], SMALLEST_RESOLUTION)
    return pyplot.figure(figsize=size, dpi=resolution, layout="constrained", facecolor="white")


def _draw_curves(
    model: Model,
    state: ProductState,
    times: list[float],
    particles: ArrayLike,
    of_exact: Callable[[Marginals], Real],
    of_limit: Callable[[list[LimitState]], Real],
    quantity: str,
    ax: Axes | None,
) -> Axes:
    counts = _read_counts(particles)
    exact = exact_marginals(model, state, counts, times) if counts else []
    limit = of_limit(limit_states(model, state, times))

    from nonhermitian_hartree.figures.labels import QUANTITY_LABELS, Setting, label_number
    from nonhermitian_hartree.figures.style import (
        REFERENCE_LINE,
        SIZES,
        order_styles,
        plot_curve,
        use_figure_style,
    )

    figure = _open_figure(SIZES["column"]) if ax is None else None
    with use_figure_style():
        axes = figure.add_subplot() if figure else ax
        assert axes is not None
        for style, count, marginals in zip(order_styles(len(counts)), counts, exact, strict=True):
            line = {"color": style.color, "linestyle": style.linestyle}
            plot_curve(axes, times, of_exact(marginals), f"$N={label_number(count)}$", **line)
        plot_curve(axes, times, limit, r"$N\to\infty$", **REFERENCE_LINE)
        axes.set_xlabel(Setting().time_label)
        axes.set_ylabel(QUANTITY_LABELS[quantity])
        if ax is None:
            axes.set_ylim(bottom=0)
            if len(times) > 1:
                axes.set_xlim(times[0], times[-1])
        axes.legend()
    return axes


def _draw_sphere(axes: Axes3D) -> None:
    """Its surface, three great circles, three axes and the names of their ends."""
    angle = np.linspace(0, 2 * np.pi, 121)
    polar = angle[:61:2, None]
    surface = np.sin(polar) * np.cos(angle), np.sin(polar) * np.sin(angle), np.cos(polar) + 0 * angle
    axes.plot_surface(*surface, color="0.85", alpha=0.15, linewidth=0, shade=False)
    flat = np.zeros_like(angle)
    for circle in (
        (np.cos(angle), np.sin(angle), flat),
        (np.cos(angle), flat, np.sin(angle)),
        (flat, np.cos(angle), np.sin(angle)),
    ):
        axes.plot(*circle, color="0.8", linewidth=0.6)
    for end in np.eye(3):
        axes.plot(*np.stack([-end, end], axis=1), color="0.85", linewidth=0.5)
    for place, name in (
        ((0, 0, 1.12), r"$|0\rangle$"),
        ((0, 0, -1.2), r"$|1\rangle$"),
        ((1.2, 0, 0), "$x$"),
        ((0, 1.12, 0), "$y$"),
    ):
        axes.text(*place, name, ha="center", va="center", fontsize=9)
    axes.set_box_aspect((1, 1, 1), zoom=1.35)
    axes.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(-1, 1))
    axes.view_init(*_VIEW)
    axes.set_proj_type("ortho")
    axes.set_axis_off()


def _draw_path(axes: Axes3D, path: Complex | Real, label: str, **style: object) -> None:
    axes.plot(*path.T, label=label, **style)
    known = path[np.isfinite(path).all(axis=1)]
    if len(known):
        axes.plot(*known[-1][:, None], "o", color=style["color"], markersize=3)
