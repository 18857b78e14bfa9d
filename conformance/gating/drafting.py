"""A file of waivers to fill in, for what a run found violated or inconclusive."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

_DAYS = 30

_HEAD = """\
# Waivers for {target}. Say who agreed to each of them, and why; change the last day, if you need to.
# Remove those of what is to be mended: a waiver is for what has to stay for a while.
"""


def draft(results: Results, today: date) -> str:
    """The text of the file. What is waived already, or fails no run, is not in it."""
    entries = [_entry(each, results.target["name"], today) for each in _undecided(results)]
    return "\n".join([_HEAD.format(target=_line(results.target["name"])), *entries])


def _undecided(results: Results) -> Iterator[RequirementResult]:
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        yield from (each for each in results.with_verdict(verdict, "must", "implied") if each.waiver is None)


def _entry(result: RequirementResult, target: str, today: date) -> str:
    cause = result.consequence_of
    follows = [f"# may follow from {cause}; counts by itself once that is waived"] if cause else []
    accepts = [] if result.verdict is Verdict.FAIL else ['accepts = "inconclusive"']
    lines = [
        "[[waiver]]",
        f"# {_line(result.says)}",
        f"# {_line(result.reason)}",
        *follows,
        f"requirement = {_text(result.id)}",
        f"target = {_text(target)}",
        *accepts,
        'owner = ""',
        'reason = ""',
        f"expires = {today + timedelta(days=_DAYS)}",
    ]
    return "\n".join([*lines, ""])


def _text(value: str) -> str:
    # JSON escapes what TOML wants escaped, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(text: str) -> str:
    """What a target said, as a part of a comment."""
    return "".join(each if each.isprintable() else " " for each in text)
