"""The report of a run as one page that stands alone: verdicts with their key figures, claims, provenance."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from nonhermitian_hartree.runs.html_table import render_page, render_table
from nonhermitian_hartree.runs.summary import summarise_study
from nonhermitian_hartree.storage.atomic_write import replace_atomically

SIGNS = {"fails": "✗", "unknown": "?", "holds": "✓"}
"""Judgements in the order in which a reader should see them, with a sign beside the word."""
SHOWN_SENTENCES = 3
PLAY_PAGE = "../../docs/play.html"
"""Where the page to play with is from the report of a run in a clone."""

_STYLE = """
body { max-width: 76rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1 { line-height: 1.2; margin: .2rem 0; } h2 { margin: 2rem 0 .5rem; } h3 { margin: 0; font-size: 1.15rem; }
nav a { margin-right: 1rem; }
.card { border: 1px solid #bbb; border-left: .4rem solid #777; border-radius: .4rem; }
.card { padding: 1rem; margin: 1rem 0; }
.glance { padding: 0; columns: 20rem; list-style: none; } .glance li { margin: .3rem 0; break-inside: avoid; }
.card.fails, .failing { border-left-color: #b3261e; } .card.holds { border-left-color: #1b6e3c; }
.card > .both { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1rem; }
.badge { display: inline-block; font-weight: bold; padding: 0 .6em; margin-right: .5em; border: 2px solid; }
.badge.fails { background: #b3261e; border-color: #b3261e; color: #fff; }
.badge.holds { color: #1b6e3c; border-radius: 1em; }
.badge.unknown { color: #444; border-style: dashed; }
.sentence { font-size: 1.05rem; margin: .6rem 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem .8rem; }
dl { margin: .6rem 0; color: #444; }
dt { font-weight: bold; } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; } figure img { width: 100%; height: auto; } figcaption { color: #444; font-size: .9rem; }
.more { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 1rem; }
.failing { border-left: .4rem solid #b3261e; padding-left: .8rem; margin: .8rem 0; }
pre { overflow-x: auto; background: #f4f4f4; padding: .8rem; }
summary { cursor: pointer; margin: .4rem 0; color: #0b57a4; }
@media (max-width: 50rem) {
  body { padding: .6rem; } .card { padding: .7rem; }
  .card > .both { grid-template-columns: minmax(0, 1fr); }
}
"""


@dataclass(frozen=True)
class ReportFigure:
    """A figure of the report: its name, what it shows, and the SVG file."""

    name: str
    shows: str
    file: Path


@dataclass(frozen=True)
class ReportStudy:
    """A study of the report: what it computes in words, its verdicts, fits and figures, the key figure first."""

    name: str
    words: Mapping[str, str]
    verdicts: pd.DataFrame
    fits: pd.DataFrame | None = None
    figures: tuple[ReportFigure, ...] = field(default=())


def write_report_page(
    path: str | Path,
    name: str,
    studies: Iterable[ReportStudy],
    claims: pd.DataFrame | None,
    provenance: Mapping[str, Any],
) -> None:
    """Write the report of run ``name``; whole or not at all, and the same for the same run.

    Parameters
    ----------
    path : path
        The page; figures are put into it, so that it can be sent as one file.
    name : str
        Name of the configuration.
    studies : iterable of ReportStudy
        In the order of the configuration.
    claims : DataFrame or None
        The claims table; None if the configuration makes no claims.
    provenance : mapping
        What ``provenance.json`` says.
    """
    studies = list(studies)
    title = f"Can Hartree be trusted? Run {name}"
    body = "\n".join(
        [
            "<h1>Can Hartree be trusted?</h1>",
            f"<p>Run <b>{escape(name)}</b>: {_count_judgements(studies)}; {_count_claims(claims)}.</p>",
            f'<ul class="glance">{"".join(map(_render_glance, studies))}</ul>',
            '<nav><a href="#claims">Claims</a><a href="#provenance">Provenance</a>',
            f"{_link_play_page(Path(path))}</nav>",
            "<h2>Verdicts</h2>",
            *map(_render_study, studies),
            '<h2 id="claims">Claims</h2>',
            _render_claims(claims),
            '<h2 id="provenance">Provenance</h2>',
            _render_provenance(name, provenance),
        ]
    )
    with replace_atomically(path) as temporary:
        temporary.write_text(render_page(title, body, _STYLE), encoding="utf-8")


def _link_play_page(report: Path) -> str:
    """A link where the page is; none outside of a clone, as after ``pip install``."""
    found = (report.parent / PLAY_PAGE).is_file()
    return f'<a href="{PLAY_PAGE}">A page to play with (in this clone)</a>' if found else ""


def _render_glance(study: ReportStudy) -> str:
    badges = "".join(map(_badge, _list_judgements(study)))
    return f'<li>{badges}<a href="#study-{study.name}">{_spell(study.name)}</a></li>'


def _render_study(study: ReportStudy) -> str:
    verdicts, found = study.verdicts, _list_judgements(study)
    if len(verdicts) <= SHOWN_SENTENCES:
        shown = [(_badge(row.judgement), _drop_word(row.verdict)) for row in verdicts.itertuples()]
    else:
        summary = summarise_study(study.name, verdicts.to_dict("records")).removeprefix(f"{study.name}: ")
        shown = [("".join(map(_badge, found)), summary)]
    sentences = "".join(f'<p class="sentence">{badges}{escape(sentence)}</p>' for badges, sentence in shown)
    words = "".join(f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>" for key, text in study.words.items())
    key_figure, more = study.figures[:1], study.figures[1:]
    parts = [f"<div>{sentences}<dl>{words}</dl></div>{''.join(map(_render_figure, key_figure))}"]
    if key_figure:
        parts = [f'<div class="both">{parts[0]}</div>']
    if more:
        figures = "".join(map(_render_figure, more))
        parts.append(_fold(_count(len(more), "more figure"), f'<div class="more">{figures}</div>'))
    parts.append(_fold(f"{_count(len(verdicts), 'verdict')} as a table", render_table(verdicts)))
    if study.fits is not None:
        parts.append(_fold(_count(len(study.fits), "fitted power law"), render_table(study.fits)))
    content = "\n".join(parts)
    head = f'<section class="card {found[0]}" id="study-{study.name}">\n<h3>{_spell(study.name)}</h3>'
    return f"{head}\n{content}\n</section>"


def _render_figure(figure: ReportFigure) -> str:
    content = base64.b64encode(figure.file.read_bytes()).decode("ascii")
    caption = escape(f"{figure.name}: {figure.shows}")
    return (
        f'<figure><img alt="{caption}" src="data:image/svg+xml;base64,{content}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _render_claims(claims: pd.DataFrame | None) -> str:
    if claims is None:
        return "<p>This configuration makes no claims.</p>"
    failing = "".join(
        f'<div class="failing">{_badge("fails")}<b>{escape(row.claim)}</b> on '
        f'<a href="#study-{row.study}">{_spell(row.study)}</a>: {escape(row.statement)}<br>measured '
        f"{row.measured:.8g}, expected {row.expected:.8g} ± {row.tolerance:.2g} ({escape(row.source)})</div>"
        for row in claims[claims["verdict"] != "PASS"].itertuples()
    )
    return f"<p><b>{_count_claims(claims)}.</b></p>{failing}{_fold('all claims', render_table(claims))}"


def _render_provenance(name: str, provenance: Mapping[str, Any]) -> str:
    commit = provenance["commit"] or "unknown: git does not tell"
    facts = {
        "configuration": name,
        "commit": commit + (" and changes that were not committed" if provenance["dirty"] else ""),
        "versions": ", ".join(f"{package} {version}" for package, version in provenance["versions"].items()),
        "tables": f"{len(provenance['tables'])}, with their checksums and origins in provenance.json",
    }
    if provenance["differences"]:
        facts["attention"] = "not all tables were made by the same " + ", ".join(provenance["differences"])
    lines = "".join(f"<dt>{key}</dt><dd>{escape(text)}</dd>" for key, text in facts.items())
    config = yaml.safe_dump(provenance["config"], allow_unicode=True, width=100, default_flow_style=None)
    return f"<dl>{lines}</dl>" + _fold("resolved configuration", f"<pre>{escape(config)}</pre>")


def _list_judgements(study: ReportStudy) -> list[str]:
    return [judgement for judgement in SIGNS if (study.verdicts["judgement"] == judgement).any()]


def _count_judgements(studies: Iterable[ReportStudy]) -> str:
    counts = pd.concat([study.verdicts["judgement"] for study in studies]).value_counts()
    return ", ".join(
        f"{_badge(judgement)}for {_count(int(counts[judgement]), 'state')}"
        for judgement in SIGNS
        if judgement in counts
    )


def _count_claims(claims: pd.DataFrame | None) -> str:
    if claims is None:
        return "no claims"
    return f"{(claims['verdict'] == 'PASS').sum()} of {len(claims)} claims pass"


def _badge(judgement: str) -> str:
    return f'<span class="badge {judgement}">{SIGNS[judgement]} {judgement.upper()}</span>'


def _drop_word(sentence: str) -> str:
    """The sentence without the judgement at its beginning, which the badge says."""
    word, _, rest = sentence.partition(" ")
    return rest.strip() if word.lower() in SIGNS else sentence


def _fold(summary: str, content: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>\n{content}\n</details>"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _spell(name: str) -> str:
    return name.replace("_", " ")
