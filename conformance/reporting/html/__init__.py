"""One HTML file that needs nothing else: no network, no JavaScript to be read."""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from conformance import requirements
from conformance.reporting import reproduction, words
from conformance.reporting.html.difference import Pieces, difference
from conformance.reporting.html.latency import plots
from conformance.reporting.html.sequence import Diagram, diagram
from conformance.results import Finding, RequirementResult, Results
from conformance.verdict import Verdict

ICONS = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.INCONCLUSIVE: "?", Verdict.NONE: "–"}
_SECTIONS = {
    "order": "The order object",
    "list": "List my orders",
    "cancel": "Cancel all my orders",
    "access": "Access, errors, weights",
}
_FINDINGS_SHOWN = 5  # of one requirement; more of them say the same

_ID = re.compile(r'"id"\s*:\s*"?([^",}\s]+)')
_LEFT_OUT = re.compile(r"^  … (\d+) more …$", re.MULTILINE)


def html(results: Results) -> str:
    """The whole report."""
    return _template().render(
        results=results,
        headline=words.headline(results),
        means=words.means(results),
        tone={0: "pass", 1: "fail"}.get(results.exit_code, "inconclusive"),
        violated=[_Violated.of(result, results) for result in words.unwaived(results)],
        waived=[_Violated.of(result, results) for result in results.waived],
        sections=_sections(results),
        levels=requirements.LEVELS,
        verdicts=list(reversed(Verdict)),
        undecided=words.by_reason(results.with_verdict(Verdict.INCONCLUSIVE)),
        unexercised=words.by_fact(results.with_verdict(Verdict.NONE)),
        races=[result for result in results.with_verdict(Verdict.PASS) if "races" in result.reason],
        silences=requirements.silences(),
        plots=plots(results.latency_ms),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A finding, with the exchange that shows it best, all of them as a diagram, and how to meet it again."""

    finding: Finding
    want: Pieces
    got: Pieces
    best: Mapping[str, Any] | None
    steps: tuple["_Step", ...]
    diagram: Diagram | None
    curl: str
    run: str

    @classmethod
    def of(cls, finding: Finding, results: Results) -> "_Shown":
        want, got = difference(finding.want, finding.got)
        best = _best(finding)
        again = [each for each in finding.exchanges if each["account"] == "driver" or each is best]
        return cls(
            finding=finding,
            want=want,
            got=got,
            best=best,
            steps=_steps(finding),
            diagram=diagram(finding.exchanges, results.target["name"]),
            curl="\n".join(map(reproduction.curl, again)),
            run=reproduction.run_line(results, finding),
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """An exchange, how many ms after the first it was sent, and what of its answer the finding names."""

    at_ms: int
    exchange: Mapping[str, Any]
    named: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class _Violated:
    """A violated requirement with its findings, the first of them the one to look at; `more` are not shown."""

    result: RequirementResult
    first: _Shown
    others: tuple[_Shown, ...]
    more: int
    waived: str

    @classmethod
    def of(cls, result: RequirementResult, results: Results) -> "_Violated":
        first, *others = (_Shown.of(each, results) for each in result.findings[:_FINDINGS_SHOWN])
        return cls(result, first, tuple(others), len(result.findings[_FINDINGS_SHOWN:]), words.waived(result))


def _best(finding: Finding) -> Mapping[str, Any] | None:
    """The exchange to make again: the last cancel-all, or else the last of all."""
    cancels = [exchange for exchange in finding.exchanges if exchange["method"] == "DELETE"]
    return next(reversed(cancels or finding.exchanges), None)


def _steps(finding: Finding) -> tuple[_Step, ...]:
    if not finding.exchanges:
        return ()
    started = finding.exchanges[0]["sent_at"]
    return tuple(
        _Step(round((each["sent_at"] - started) * 1000), each, tuple(_named(each["response_body"], finding)))
        for each in finding.exchanges
    )


def _marked(body: str, finding: Finding) -> list[tuple[str, bool]]:
    """The lines of an answer, each with whether the finding names the order that is in it."""
    said = f"{finding.want} {finding.got}"
    return [(line, bool((id := _ID.search(line)) and id[1] in said)) for line in body.splitlines() or [""]]


def _named(body: str, finding: Finding) -> Iterator[tuple[str, bool]]:
    """The lines that the finding names, without the others; where there is none, how many orders there are."""
    lines = _marked(body, finding)
    orders = [line for line, _ in lines if _ID.search(line)]
    left_out = sum(int(number) for number in _LEFT_OUT.findall(body))
    if not orders or len(lines) < 3:
        yield from lines
    elif not any(told for _, told in lines):
        count = words.count(len(orders) + left_out, "order")
        yield (f"{count}, {'not' if count == '1 order' else 'none of them'} the one that this is about", False)
    else:
        yield from ((line.strip(), True) for line, told in lines if told)
        rest = len(orders) + left_out - sum(told for _, told in lines)
        if rest:
            yield (f"and {words.count(rest, 'other')}", False)


def _sections(results: Results) -> list[tuple[str, list[RequirementResult]]]:
    catalogue = requirements.load()
    by_section: dict[str, list[RequirementResult]] = {}
    for result in results.requirements:
        section = catalogue[result.id].section if result.id in catalogue else "access"
        by_section.setdefault(section, []).append(result)
    return [(_SECTIONS[section], by_section[section]) for section in requirements.SECTIONS if section in by_section]


def _address(url: str) -> str:
    """What was asked, without the host, and without what signing adds."""
    parts = urlsplit(url)
    query = re.sub(r"(^|&)timestamp=.*", "", parts.query)
    return f"{parts.path}?{query}" if query else parts.path


def _breakable(line: str) -> Markup:
    """A record of one line, which may be broken behind its commas."""
    return Markup(",<wbr>").join(line.split(","))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__name__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"address": _address, "breakable": _breakable}
    environment.globals |= {"marked": _marked, "icons": ICONS}
    for name in ("style.css", "script.js"):
        text = _read(name)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        kind = name.partition(".")[0]
        environment.globals |= {kind: Markup(text), f"{kind}_hash": f"sha256-{digest}"}  # noqa: S704 - our own files
    return environment.get_template("report.html.j2")


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
