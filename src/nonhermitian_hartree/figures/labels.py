"""The words and symbols in the figures: quantities, axes, states and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nonhermitian_hartree.fields.numbers import show_complex
from nonhermitian_hartree.figures.rows import read_parameter, varying_part
from nonhermitian_hartree.model.state import tilt_of_population
from nonhermitian_hartree.storage.columns import join_complex, parameter_columns

if TYPE_CHECKING:
    import pandas as pd

QUANTITY_SYMBOLS = {"linear_entropy": "$S_L$", "hartree_infidelity": "$I$", "limit_infidelity": r"$\varepsilon$"}
QUANTITY_LABELS = {
    "linear_entropy": "linear entropy $S_L$",
    "hartree_infidelity": "infidelity to Hartree $I$",
    "limit_infidelity": r"infidelity to the limit $\varepsilon$",
    "entropy_coefficient": r"$\lim N S_L$",
}
VERDICT_LABELS = {
    "largest_infidelity": r"largest infidelity to Hartree $I$, $N\to\infty$",
    "first_failure_time": "first time of failure $t$",
    "judgement": "Hartree",
}
POPULATION_LABEL = r"initial population $p_0=|\varphi_0|^2$"
HBAR = r"$\hbar=1$"
TILT_LABEL = r"tilt $h=\mathrm{artanh}(2p_0-1)$"
SCALED_TILT_LABEL = "scaled tilt $u=hN$"
PARTICLES_LABEL = "number of particles $N$"

GREEK = frozenset(
    [
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu"),
        *("xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
    ]
)

_MOST_DECIMALS = 5


@dataclass(frozen=True)
class Setting:
    """What a figure is about, in words, which its tables do not say.

    Parameters
    ----------
    model : str
        Name of the Hamiltonian; empty if it has none.
    time_unit : str
        Unit of time, e.g. ``inverse hopping``; empty for that of the energies, ħ = 1.
    """

    model: str = ""
    time_unit: str = ""

    @property
    def time_label(self) -> str:
        """Label of a time axis."""
        return f"time $t$ ({', '.join(filter(None, [self.time_unit, HBAR]))})"


def label_members(table: pd.DataFrame) -> pd.Series[str]:
    """Label of the member of each row of a table: its initial state, and the parameters that differ in the table.

    A state that all rows share, and that parameters tell apart, is left out.
    """
    import pandas as pd

    labels = label_states(table)
    parameters = join_complex(dict.fromkeys(parameter_columns(table.columns), 0.0))
    varied = [name for name in parameters if len(set(read_parameter(table, name))) > 1]
    if not varied:
        return labels
    values = zip(*(read_parameter(table, name) for name in varied), strict=True)
    told = [
        ", ".join(f"{label_parameter(name)} $={_show(value)}$" for name, value in zip(varied, row, strict=True))
        for row in values
    ]
    return labels + ", " + told if labels.nunique() > 1 else pd.Series(told, index=table.index)


def _show(value: complex) -> str:
    return show_complex(value) if isinstance(value, complex) else label_number(value)


def describe_at(table: pd.DataFrame, values: Mapping[str, complex]) -> str:
    """The values that a figure shows of what varies in its study."""
    return ", ".join(f"{label_axis(table, name, short=True)} = {show_complex(v)}" for name, v in values.items())


def label_axis(table: pd.DataFrame, name: str, *, short: bool = False) -> str:
    """Label of an axis that is time, p0, tilt or a parameter; ``short`` only its symbol."""
    symbols = {"time": "$t$", "p0": "$p_0$", "tilt": "$h$"}
    if name in symbols:
        return symbols[name] if short else {"p0": POPULATION_LABEL, "tilt": TILT_LABEL}.get(name, "time $t$")
    label = label_parameter(name)
    if short or name in table:
        return label
    part = {"real": "Re", "imag": "Im"}.get(varying_part(read_parameter(table, name)), "")
    return f"{part} {label}" if part else f"distance of {label} from its first value"


def label_parameter(name: str) -> str:
    """A parameter by its name; Greek names, and what follows an underscore, as symbols."""
    symbol, *rest = name.split("_")
    if symbol not in GREEK and len(symbol) > 1:
        return name.replace("_", " ")
    symbol = f"\\{symbol}" if symbol in GREEK else symbol
    return f"${symbol}_{{\\mathrm{{{' '.join(rest)}}}}}$" if rest else f"${symbol}$"


def label_states(table: pd.DataFrame) -> pd.Series[str]:
    """Label of the initial state of each row of a table with columns ``state``, ``p0`` and ``tilt``.

    ``p_0`` where six digits of it are the state, else the tilt ``h``; the name of the state where
    neither exists (d > 2), and in front where two states of different name would look alike.
    """
    import pandas as pd

    labels = pd.Series(
        [_label_state(*row) for row in zip(table["state"], table["p0"], table["tilt"], strict=True)],
        index=table.index,
        dtype=object,
    )
    names = _spell_name(table["state"])
    shared = table["state"].groupby(labels).transform("nunique") > 1
    return labels.where(~shared, names + ", " + labels)


def describe_start(table: pd.DataFrame) -> str | None:
    """The initial state of all rows, ``from tilted ($p_0=0.6$)``; None if there are several."""
    states = table[["state", "p0", "tilt"]].drop_duplicates()
    if len(states) != 1:
        return None
    state, p0, tilt = states.iloc[0]
    name, label = state.replace("_", " "), _label_state(state, p0, tilt)
    return f"from {name}" if label == name else f"from {name} ({label})"


def label_number(value: float) -> str:
    """Value in mathtext without dollars, six digits, powers of ten from 10⁴ as such."""
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    power = math.log10(value) if value > 0 else 0.0
    if power >= 4 and power.is_integer():
        return f"10^{{{int(power)}}}"
    return f"{mantissa}\\times 10^{{{int(exponent)}}}" if exponent else mantissa


def label_fit(fit: pd.Series[Any]) -> str:
    """Exponent of a row of the power_law table with its error, or that its points are on no single power law."""
    if fit["single_power_law"] == "yes":
        return label_exponent(fit["exponent"], fit["exponent_stderr"])
    local = fit["exponent_at_min"], fit["exponent_at_max"]
    if not all(map(math.isfinite, local)):
        return "no power law"
    return f"no single power law, $b$ from ${local[0]:z.3f}$ to ${local[1]:z.3f}$"


def label_exponent(exponent: float, stderr: float) -> str:
    """``b ± stderr`` to two digits of the error, rounded up so that no error reads as zero; no zero has a sign."""
    magnitude = math.floor(math.log10(stderr)) if stderr > 0 else -_MOST_DECIMALS
    decimals = min(max(1 - magnitude, 1), _MOST_DECIMALS)
    # The tiny step back keeps an error that is a whole number of last digits from gaining one.
    shown_error = math.ceil(stderr * 10**decimals - 1e-9) / 10**decimals
    shown_error = max(shown_error, 10**-decimals)
    return rf"$b={exponent:z.{decimals}f}\pm{shown_error:.{decimals}f}$"


def _label_state(state: str, p0: float, tilt: float) -> str:
    if math.isnan(tilt):
        return state.replace("_", " ")
    rounded = float(f"{p0:.6g}")
    if math.isclose(tilt_of_population(rounded), tilt, rel_tol=1e-9):
        return f"$p_0={label_number(rounded)}$"
    return f"$h={label_number(tilt)}$"


def _spell_name(names: pd.Series[str]) -> pd.Series[str]:
    return names.str.replace("_", " ")
