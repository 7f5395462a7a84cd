"""CITATION.cff has the form of the Citation File Format 1.2.0: the keys it uses, what they need, and no others."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

TEXT = (Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8")
Text = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=lambda name: name.replace("_", "-"))


class Entity(Part):
    name: Text


class Person(Part):
    family_names: Text
    given_names: Text
    affiliation: Text | None = None
    orcid: Annotated[str, Field(pattern=r"^https://orcid\.org/(\d{4}-){3}\d{3}[\dX]$")] | None = None


class Identifier(Part):
    type: Literal["other"]
    value: Annotated[str, Field(pattern=r"^arXiv:\d{4}\.\d{5}$")]
    description: Text


class Reference(Part):
    type: Literal["article"]
    title: Text
    authors: Annotated[list[Person | Entity], Field(min_length=1)]
    year: int
    month: Annotated[int, Field(ge=1, le=12)]
    status: Literal["preprint"]
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,}/\S+$")]
    url: Annotated[str, Field(pattern="^https://")]
    identifiers: Annotated[list[Identifier], Field(min_length=1)]


class Citation(Part):
    cff_version: Literal["1.2.0"]
    message: Text
    title: Text
    type: Literal["software", "dataset"]
    abstract: Text
    authors: Annotated[list[Person | Entity], Field(min_length=1)]
    license: Literal["MIT"]
    version: Text
    date_released: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    keywords: Annotated[list[Text], Field(min_length=1)]
    references: list[Reference]


def test_citation_is_valid():
    citation = Citation.model_validate(yaml.safe_load(TEXT))
    assert date.fromisoformat(citation.date_released) >= date(2026, 1, 1)
    assert len(set(citation.keywords)) == len(citation.keywords)


def test_the_paper_is_one_and_the_same_in_all_its_identifiers():
    (paper,) = Citation.model_validate(yaml.safe_load(TEXT)).references
    (identifier,) = paper.identifiers
    number = identifier.value.removeprefix("arXiv:")
    assert paper.doi == f"10.48550/arXiv.{number}"  # as arXiv makes them
    assert paper.url == f"https://arxiv.org/abs/{number}"
    assert (paper.year - 2000, paper.month) == (int(number[:2]), int(number[2:4]))


def test_the_version_is_that_of_the_changelog_and_its_date():
    """The changelog opens with what is released here, or with what is not released yet."""
    citation = Citation.model_validate(yaml.safe_load(TEXT))
    headings = re.findall(r"^## (.*)$", (Path(__file__).parents[2] / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [heading for heading in headings if heading != "Unreleased"]
    assert released[0] == f"{citation.version} ({citation.date_released})"


@pytest.mark.parametrize(
    ("found", "replaced"),
    [
        (r"^message: .*\n", ""),
        (r"^cff-version: 1\.2\.0", "cff-version: 1.3.0"),
        (r'"(\d{4}-\d{2}-\d{2})"', r"\1"),  # a date, where the format asks for text
        (r"^license:", "licence:"),
        (r"^  - type: article\n    title:.*\n", "  - type: article\n"),
    ],
)
def test_invalid_citation_is_found(found, replaced):
    broken = re.sub(found, replaced, TEXT, flags=re.MULTILINE)
    assert broken != TEXT
    with pytest.raises(ValidationError):
        Citation.model_validate(yaml.safe_load(broken))
