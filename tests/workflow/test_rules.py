"""Every rule says what it makes from what, and every job what it did."""

from __future__ import annotations

import re


def test_every_rule_has_a_docstring(unbuilt):
    listed = unbuilt.run("--list-rules").stdout
    rules = dict(re.findall(r"^(\w+)( \(.+\))?$", listed, re.MULTILINE))
    assert {"exact", "figure", "provenance", "scaling", "tails"} <= set(rules)
    assert [name for name, docstring in rules.items() if not docstring] == []


def test_every_job_is_announced_in_one_line(unbuilt):
    """The name of its rule and its wildcards, instead of the modules it depends on."""
    plan = unbuilt.run("--dry-run", "--forceall").stdout
    jobs = int(re.search(r"^total +(\d+)$", plan, re.MULTILINE)[1])
    assert len(re.findall(r"^ *Job \d+: [a-z_]+ of ", plan, re.MULTILINE)) + plan.count(": figure ") == jobs
    assert "input:" not in plan


def test_every_job_logs_its_beginning_and_its_time(built):
    logs = list((built.results / "logs").rglob("*.log"))
    assert len(logs) >= 28
    for log in logs:
        lines = log.read_text().splitlines()
        assert lines[0].endswith(": started"), log
        assert re.search(r": done in \d+\.\d{3} s$", lines[-1]), log
        assert len(lines) >= 3, f"{log} does not say what was computed"
