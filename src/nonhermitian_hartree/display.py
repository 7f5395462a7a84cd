"""How objects of the package show themselves in a notebook: a sentence first, then what is worth a look."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
from numpy.typing import NDArray

DIGITS = 4
MOST_SHOWN = 8
"""Terms or components that are written out; beyond, their number is."""


def show_number(value: complex, digits: int = DIGITS) -> str:
    """Real or complex number in a few digits, ``0.5``, ``-0.5j``, ``1+2j``; parts that are zero are left out."""
    number = complex(value) + 0.0  # no zero has a sign
    if number.imag == 0:
        return f"{number.real:.{digits}g}"
    imaginary = f"{number.imag:.{digits}g}j"
    return imaginary if number.real == 0 else f"{number.real:.{digits}g}{number.imag:+.{digits}g}j"


def show_sum(terms: Mapping[str, complex]) -> str:
    """Sum ``1 X + (-0.5j) Z`` of coefficients and names; ``0`` if there is none."""
    if not terms:
        return "0"
    shown = []
    for name, coefficient in terms.items():
        text = show_number(coefficient)
        shown.append(f"{f'({text})' if text[0] == '-' or '+' in text or '-' in text[1:] else text} {name}")
    return " + ".join(shown)


def show_vector(vector: NDArray[np.complex128]) -> str:
    """Components ``(0.8, 0.6j)``, or how many there are."""
    if len(vector) > MOST_SHOWN:
        return f"{len(vector)} components"
    return f"({', '.join(show_number(value) for value in vector)})"


def show_card(sentence: str, rows: Mapping[str, str]) -> str:
    """HTML of a sentence and a table of what is named; plain text goes in, and is escaped."""
    cells = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th><td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in rows.items()
    )
    return f"<div><p>{escape(sentence)}</p><table>{cells}</table></div>"
