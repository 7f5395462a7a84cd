"""Write the tables of config/README.md: every key of a configuration, and every claim.

    python -m docs.make_config_tables        or: make config-docs

A table stands between two markers with its name. Its words are those of the fields and claims themselves, which
editors show too, by the JSON schema that this writes as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from benchmarks.page import replace_section
from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.claims.spec import ClaimSpec
from nonhermitian_hartree.commands.config_schema import schema_text
from nonhermitian_hartree.config.configuration import RESERVED_NAMES, Config
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.operators import OneBodyForms, Transition, TwoBodyForms
from nonhermitian_hartree.config.power_law import PowerLawSpec
from nonhermitian_hartree.config.state import Gaussian, StateSpec
from nonhermitian_hartree.config.study import StudySpec
from nonhermitian_hartree.fields.array_file import ArrayFile
from nonhermitian_hartree.fields.base import Spec
from nonhermitian_hartree.fields.grid import Grid
from nonhermitian_hartree.fields.lattice import Entry, Hopping, PairEnergy, SiteValue
from nonhermitian_hartree.fields.parameters import ParameterGrid
from nonhermitian_hartree.figures.base import FigureBase
from nonhermitian_hartree.figures.spec import Figure
from nonhermitian_hartree.storage.atomic_write import replace_atomically

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "config" / "README.md"
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.json"

SECTIONS: dict[str, tuple[type[Spec], ...]] = {
    "grid": (Grid,),
    "top level": (Config,),
    "model": (ModelSpec,),
    "one_body": (OneBodyForms,),
    "two_body": (TwoBodyForms,),
    "parts of operators": (Hopping, SiteValue, Entry, PairEnergy, Transition),
    "file": (ArrayFile,),
    "parameter grid": (ParameterGrid,),
    "state": (StateSpec,),
    "gaussian": (Gaussian,),
    "study": (StudySpec,),
    "power_law": (PowerLawSpec,),
    "figure": (FigureBase,),
    "claim": (ClaimSpec,),
}
"""The specs of each table of keys, by its name."""


def write_page(page: str) -> str:
    """Return the text of the page with its tables as the package has them now."""
    for name, specs in SECTIONS.items():
        keys = [row for spec in specs for row in list_keys(spec)]
        page = replace_section(page, name, format_table(("key", "what", "default", "meaning"), keys))
    page = replace_section(page, "kinds of figures", describe_kinds())
    page = replace_section(page, "claims", list_claims())
    return replace_section(page, "reserved names", ", ".join(f"`{name}`" for name in sorted(RESERVED_NAMES)) + ".")


def list_keys(spec: type[Spec], without: Iterable[str] = ()) -> list[tuple[str, ...]]:
    """Return a row for each key of a spec: its name, what may stand there, its default, what it means."""
    return [
        (f"`{field.alias or name}`", str(field.title), show_default(field), str(field.description))
        for name, field in spec.model_fields.items()
        if name not in without
    ]


def show_default(field: FieldInfo) -> str:
    """Return a default as YAML, "–" for a key that is absent, or "required"."""
    if field.is_required():
        return "required"
    value = to_jsonable_python(field.get_default(call_default_factory=True))
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool | str):
        return f"`{value}`".lower()
    return f"`{value:g}`".replace("e-0", "e-")


def describe_kinds() -> str:
    """Return a heading, a sentence and the table of its own keys for each kind of figure."""
    parts = []
    for spec in get_args(Figure):
        kind = spec.model_fields["kind"]
        keys = list_keys(spec, without={"kind", *FigureBase.model_fields})
        table = format_table(("key", "what", "default", "meaning"), keys)
        parts.append(f"### `kind: {kind.title}`\n\n{kind.description}.\n\n{table}")
    return "\n\n".join(parts)


def list_claims() -> str:
    """Return the table of all claims."""
    rows = [
        (
            f"`{name}`",
            claim.statement,
            claim.source,
            claim.models.description.split(":")[0],
            f"{claim.expected:g} ± {claim.tolerance:g}",
        )
        for name, claim in CLAIMS.items()
    ]
    return format_table(("claim", "statement", "source", "models", "measured number"), rows)


def format_table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main() -> None:
    """Write the page and the schema."""
    for target, content in ((PAGE, write_page(PAGE.read_text(encoding="utf-8"))), (SCHEMA, schema_text())):
        with replace_atomically(target) as temporary:
            temporary.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
